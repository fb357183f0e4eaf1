import { InputError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { readIfInRevision, readSinceCommitted } from '../files/git/revision.ts'
import {
  compareStreams,
  getReleases,
  isEqual,
  readSnapshot,
  readStream,
  type Snapshot,
} from '../index.ts'
import { DIFF_FORMATS, type DiffFormat } from '../show/diff.ts'
import { type Context, command, type GlobalArgs } from './command.ts'
import { type ArgsOf, choice, flag, needed, text } from './option.ts'

const positionals = {
  A: needed('A snapshot, or one of a git revision: REVISION:PATH'),
  B: text('The later one, likewise; without it A is compared with what git committed last'),
}
const options = {
  format: choice(
    'How to print; markdown is for a pull request',
    Object.keys(DIFF_FORMATS) as DiffFormat[],
    { alias: 'o' },
    'text',
  ),
  target: text('Take the releases of the slots from this stream where there are no builds'),
  'exit-zero': flag('Exit 0 with a difference too, as git wants it of its diff drivers'),
}

export const diffCommand = command({
  name: 'diff',
  describe: 'Say what differs between two snapshots, and what that does to the stream',
  positionals,
  options,
  examples: [
    ['diff snapshots/rhcos-4.18.json', 'what the next commit does'],
    ['diff HEAD~1:rhcos-4.18.json rhcos-4.18.json', 'what the last commit did'],
    ['diff old.json new.json --format markdown', 'for a comment'],
  ],
  forStream: ({ snapshot, target }) => ({ A: snapshot, target }),

  async run(args, context) {
    if (!args['exit-zero']) return (await runDiff(args, context)) ? 1 : 0
    try {
      await runDiff(args, context)
    } catch (error) {
      // Git ends a log or a diff of many files where its driver fails for one.
      if (!(error instanceof UserError)) throw error
      context.terminal.warn(error.message)
    }
  },
})

/** @returns whether anything differs */
async function runDiff(
  args: ArgsOf<typeof positionals> & ArgsOf<typeof options> & GlobalArgs,
  context: Context,
): Promise<boolean> {
  const { format, target } = args
  const { folder, terminal } = context
  const { A, B } = args
  const [before, after] =
    B === undefined
      ? await sinceCommitted(folder, A)
      : [await readSide(A, context), await readSide(B, context)]
  const later = after ?? before
  if (later === undefined) {
    throw new InputError(
      B === undefined
        ? `${A}: expected a snapshot, there is none, and none in HEAD`
        : `${A} and ${B}: expected a snapshot, found nothing twice`,
    )
  }
  const releases =
    target === undefined ? undefined : getReleases(readStream(await folder.read(target), target))
  const committed =
    target === undefined || B !== undefined ? undefined : await releasesCommitted(folder, target)
  const stream = compareStreams(
    later.stream.name,
    { snapshot: before, releases: committed ?? releases },
    { snapshot: after, releases },
  )
  const difference = { streams: [stream], files: [] }
  terminal.data(DIFF_FORMATS[format](difference, terminal))
  if (!isEqual(difference)) return true
  if (B === undefined) {
    terminal.say(
      `${A}: tells the same as in HEAD; stream-snapshot history ${A} tells what its commits did`,
    )
  }
  return false
}

/** Where the next commit moves the target too, its slots move. */
async function releasesCommitted(folder: Folder, target: string) {
  const [text] = await readSinceCommitted(folder, target)
  return text === undefined ? undefined : getReleases(readStream(text, `HEAD:${target}`))
}

async function sinceCommitted(
  folder: Folder,
  file: string,
): Promise<[before: Snapshot | undefined, after: Snapshot | undefined]> {
  const [before, after] = await readSinceCommitted(folder, file)
  return [
    before === undefined ? undefined : readSnapshot(before, `HEAD:${file}`),
    after === undefined ? undefined : readSnapshot(after, file),
  ]
}

/** Undefined for what a revision has not, and for `/dev/null`, as git calls what is new or gone. */
async function readSide(
  name: string,
  { folder, terminal }: Context,
): Promise<Snapshot | undefined> {
  if (name === '/dev/null') return undefined
  const text = await readIfInRevision(folder, name)
  if (text !== undefined) return readSnapshot(text, name)
  terminal.say(`${name}: not there, so it counts as empty`)
  return undefined
}
