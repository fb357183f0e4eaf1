import fs from 'node:fs'
import yargs from 'yargs'
import { Parser } from 'yargs/helpers'
import { WORKSPACE_FILE, type WorkspaceStream } from '../../core/workspace/workspace.ts'
import { runGit } from '../../disk/git/git.ts'
import { findUpwards } from '../../disk/upwards.ts'
import { CheckFailure, InputError } from '../../errors.ts'
import type { Command } from '../command.ts'
import { COMMANDS } from '../index.ts'
import { terminalOf } from '../options.ts'
import { openWorkspace } from '../workspace.ts'

/** What the commands that look at a snapshot are told for a stream of the workspace. */
const WORDS: Readonly<
  Record<string, (stream: WorkspaceStream) => readonly string[] | Promise<readonly string[]>>
> = {
  diff: async ({ snapshot, target }) => [...(await sidesOf(snapshot)), '--target', target],
  list: ({ snapshot }) => [snapshot],
  skew: ({ snapshot, target }) => [snapshot, '--target', target],
  history: ({ snapshot }) => [snapshot],
  report: ({ snapshot }) => [snapshot],
}

/** A snapshot as it was committed last, and as it is; git calls what is not there `/dev/null`. */
async function sidesOf(snapshot: string): Promise<string[]> {
  const committed = `HEAD:${snapshot.startsWith('..') ? '' : './'}${snapshot}`
  const { status } = await runGit(['cat-file', '-e', committed], process.cwd())
  const sides = [
    status === 0 ? committed : undefined,
    fs.existsSync(snapshot) ? snapshot : undefined,
  ]
  return sides.map((side) => side ?? '/dev/null')
}

/** A command line, and the stream that it is for where there are several. */
export interface Run {
  readonly words: readonly string[]
  readonly stream?: string
}

/**
 * A command line with the workspace's files in it: one for a stream that stands in the place of a
 * file; where there is no file at all, one for each stream.
 *
 * @throws InputError where there are several streams, and the command makes one thing of one
 */
export async function withStreams(words: readonly string[]): Promise<readonly Run[]> {
  const [name = '', ...rest] = words
  const wordsFor = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined
  const entry = COMMANDS.find(({ command }) => command.split(' ')[0] === name)
  const asIs = [{ words }]
  if (!wordsFor || !entry || rest.some(isHelp)) return asIs
  const freeOf = freeWords(entry.module)
  const [first, ...more] = freeOf(rest)
  if (more.length > 0) return asIs
  if (first !== undefined && fs.existsSync(first)) return asIs
  if (findUpwards(WORKSPACE_FILE, process.cwd()) === undefined) return asIs
  const opened = await openWorkspace()
  const at = rest.findIndex(
    (word, index) => word === first && freeOf(rest.toSpliced(index, 1)).length === 0,
  )
  const options = rest.filter((_, index) => index !== at)
  const lineFor = async (stream: WorkspaceStream) => {
    const own = await wordsFor(stream)
    const isGiven = options.some((word) => /^--target(=|$)/.test(word))
    return [name, ...(isGiven ? own.slice(0, own.indexOf('--target')) : own), ...options]
  }
  if (first !== undefined) {
    const stream = opened.streams.get(first)
    return stream === undefined ? asIs : [{ words: await lineFor(stream) }]
  }
  const streams = [...opened.streams].filter(([, { layouts }]) => !layouts?.includes('none'))
  if (name === 'report' && streams.length > 1) {
    throw new InputError(
      `report: ${opened.file} has ${streams.map(([each]) => each).join(', ')}, and a page is of one`,
      `For example stream-snapshot report ${streams[0]?.[0]} -o report.html`,
    )
  }
  return Promise.all(
    streams.map(async ([stream, each]) => ({ words: await lineFor(each), stream })),
  )
}

/** What of a command's words is neither an option nor its value. */
function freeWords({ builder }: Command): (words: readonly string[]) => string[] {
  const built = builder(yargs()) as unknown as { getOptions(): Record<string, string[]> }
  const { boolean = [], string, array, alias } = built.getOptions()
  const options = { boolean: [...boolean, 'quiet', 'debug'], string, array, alias }
  return (words) => Parser([...words], options as object)._.map(String)
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

/**
 * Runs each, a stream's name before what is printed of it, unless that is for programs.
 *
 * @throws CheckFailure for all of whom a check found something
 */
export async function runEach(
  runs: readonly Run[],
  run: (words: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const [only] = runs
  if (only !== undefined && runs.length === 1) return void (await run(only.words))
  const failures: CheckFailure[] = []
  for (const { words, stream = '' } of runs) {
    const isMarkdown = words.includes('markdown')
    if (!words.some((word) => /^(--\w+=)?(json|csv|tsv)$/.test(word))) {
      terminalOf({}).data(isMarkdown ? `## ${stream}\n\n` : `${stream}:\n`)
    }
    try {
      await run(words)
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error
      failures.push(new CheckFailure(`${stream}: ${error.message}`, error.remedy))
    }
  }
  const [first] = failures
  if (first === undefined) return
  throw new CheckFailure(
    `${failures.length} of ${runs.length} streams: a check failed`,
    first.remedy,
    { lines: failures.map(({ message }) => message) },
  )
}
