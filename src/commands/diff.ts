import { readFileOrRevision } from '../disk/git/revision.ts'
import { readInput } from '../disk/read.ts'
import { InputError, UserError } from '../errors.ts'
import {
  diffSnapshots,
  emptied,
  isEqual,
  printDiffJson,
  printDiffMarkdown,
  readSnapshot,
  readStream,
  releasesOf,
  type Snapshot,
  type SnapshotDiff,
} from '../index.ts'
import { diffText } from '../show/diff.ts'
import type { Command } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import { type CommonArgs, once, terminalOf } from './options.ts'

const FORMATS = {
  text: diffText,
  json: printDiffJson,
  markdown: printDiffMarkdown,
} as const satisfies Record<string, (diff: SnapshotDiff, terminal: Terminal) => string>
type Format = keyof typeof FORMATS

export interface DiffArgs extends CommonArgs {
  readonly A: string
  readonly B: string
  readonly format: Format
  readonly target?: string | undefined
  readonly 'exit-zero'?: boolean | undefined
}

export const diffCommand: Command<DiffArgs> = {
  builder: (argv) =>
    argv
      .positional('A', {
        type: 'string',
        demandOption: true,
        describe: 'A snapshot, or one of a git revision: REVISION:PATH',
      })
      .positional('B', {
        type: 'string',
        demandOption: true,
        describe: 'The later one, likewise',
      })
      .option('format', {
        choices: Object.keys(FORMATS) as Format[],
        default: 'text' as Format,
        describe: 'How to print; markdown is for a pull request',
        coerce: once('format') as (value: unknown) => Format,
      })
      .option('target', {
        type: 'string',
        describe: 'Take the releases of the slots from this stream where there are no builds',
        coerce: once('target'),
      })
      .option('exit-zero', {
        type: 'boolean',
        describe: 'Exit 0 with a difference too, as git wants it of its diff drivers',
      })
      .example('$0 diff HEAD~1:rhcos-4.18.json rhcos-4.18.json  # what the last commit did', '')
      .example('$0 diff old.json new.json --format markdown  # for a comment', ''),

  async run(args) {
    if (!args['exit-zero']) {
      if (await runDiff(args)) process.exitCode = 1
      return
    }
    try {
      await runDiff(args)
    } catch (error) {
      // Git ends a log or a diff of many files where its driver fails for one.
      if (!(error instanceof UserError)) throw error
      terminalOf(args).warn(error.message)
    }
  },
}

/** @returns whether anything differs */
async function runDiff(args: DiffArgs): Promise<boolean> {
  const { A, B, format, target } = args
  const before = await readSide(A)
  const after = await readSide(B)
  const [left, right] = [before ?? (after && emptied(after)), after ?? (before && emptied(before))]
  if (left === undefined || right === undefined) {
    throw new InputError(`${A} and ${B}: expected a snapshot, found nothing twice`)
  }
  const releases =
    target === undefined ? undefined : releasesOf(readStream(await readInput(target), target))
  const diff = diffSnapshots(left, right, releases)
  const terminal = terminalOf(args)
  terminal.data(FORMATS[format](diff, terminal))
  return !isEqual(diff)
}

/** Undefined for `/dev/null`, as git calls the side of a file that is new or gone. */
async function readSide(name: string): Promise<Snapshot | undefined> {
  if (name === '/dev/null') return undefined
  return readSnapshot(await readFileOrRevision(name, process.cwd()), name)
}
