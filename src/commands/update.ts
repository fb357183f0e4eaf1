import { printWorkspace, withBuilds } from '../core/workspace/change.ts'
import { type Builds, cloudsFor, type WorkspaceStream } from '../core/workspace/workspace.ts'
import { CheckFailure, InputError, ServiceError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'
import {
  type Architecture,
  capturedClouds,
  getReleases,
  readStream,
  Shared,
  type Snapshot,
} from '../index.ts'
import { readBuilds } from './builds.ts'
import { captureTexts, tellNews, withSnapshot } from './capture.ts'
import { ASKING_OPTIONS, type CaptureArgs } from './capture-options.ts'
import { type Context, command, type GlobalArgs } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import { type ArgsOf, flag, texts } from './option.ts'
import { REGENERATE_OPTIONS, type RegenerateArgs } from './regenerate-options.ts'
import { prepareFiles } from './regeneration.ts'
import { noStream, type OpenedWorkspace, openWorkspace, placed, streamsNamed } from './workspace.ts'

const positionals = {
  WORDS: texts('Names of streams, default all; behind one its new VERSION, or ARCH=VERSION'),
}
const options = {
  ...ASKING_OPTIONS,
  'allow-regression': REGENERATE_OPTIONS['allow-regression'],
  'keep-lost': REGENERATE_OPTIONS['keep-lost'],
  'dry-run': flag('Say what would change, and write nothing'),
}
export type UpdateArgs = ArgsOf<typeof positionals> & ArgsOf<typeof options> & GlobalArgs

export const updateCommand = command({
  name: 'update',
  describe: "Capture and regenerate the workspace's streams, all of them or none",
  positionals,
  options,
  examples: [
    ['update', 'all streams'],
    ['update rhel-9 9.8.20260428-0 rhel-10 10.2.20260423-0', 'to new builds'],
  ],

  run: updateStreams,
})

/**
 * Captures and regenerates streams of the workspace of a folder, and writes all of their files or
 * none.
 *
 * @throws UserError that names the stream of which it failed
 */
export async function updateStreams(args: UpdateArgs, context: Context): Promise<void> {
  const { folder, terminal } = context
  const { file } = await openWorkspace(folder)
  if (args['dry-run']) {
    await prepare(args, context)
    return terminal.say('nothing is written, as --dry-run says')
  }
  const onWait = (holder: string) => terminal.say(`${file}: waiting for ${holder}`)
  await folder.lock(file, { patience: PATIENCE, onWait }, async () => {
    folder.tidy(file)
    const { streams } = await chosen(args, folder)
    await withFiles(streams, context, async () => {
      const writes = await prepare(args, context)
      await folder.write(writes)
      for (const write of writes) terminal.say(`${write.file}: written`)
      if (writes.length === 0) terminal.say('nothing new: every file is as it was')
    })
  })
}

/** In milliseconds: another update takes as long as its clouds do. */
const PATIENCE = 30_000

/** Does some work while nobody else writes a file of these streams. */
function withFiles(
  streams: readonly (readonly [string, WorkspaceStream])[],
  context: Context,
  work: () => Promise<void>,
): Promise<void> {
  const run = streams.reduceRight<() => Promise<void>>(
    (inner, [, { snapshot, target, marketplaceFile }]) =>
      async () => {
        const files = [target, marketplaceFile].flatMap((each) => each ?? [])
        // A lock would make a folder that is not there.
        for (const each of files) context.folder.checkTarget(each)
        await withSnapshot(snapshot, context, () => withLocks(files, context, inner))
      },
    work,
  )
  return run()
}

async function withLocks(
  [first, ...rest]: readonly string[],
  context: Context,
  work: () => Promise<void>,
): Promise<void> {
  if (first === undefined) return work()
  const { folder, terminal } = context
  const onWait = (holder: string) => terminal.say(`${first}: waiting for ${holder}`)
  await folder.lock(first, { patience: PATIENCE, onWait }, async () => {
    folder.tidy(first)
    await withLocks(rest, context, work)
  })
}

/** The workspace with the versions of the command line, and which of its streams are meant. */
async function chosen({ WORDS }: UpdateArgs, folder: Folder) {
  const opened = await openWorkspace(folder)
  const { names, builds } = await readWords(WORDS, opened, folder)
  const workspace = builds.size > 0 ? withBuilds(opened.workspace, builds) : opened.workspace
  const streams = streamsNamed(
    { ...opened, streams: placed(workspace.streams, opened.file) },
    names,
  )
  return { opened, workspace, streams }
}

/**
 * Captures and regenerates every stream, one after another, and writes nothing.
 *
 * @returns what changes, in an order in which whatever is cut short goes on when it is run again
 * @throws UserError that names the stream of which it failed
 */
async function prepare(args: UpdateArgs, context: Context): Promise<Write[]> {
  const { folder, terminal } = context
  const { opened, workspace, streams } = await chosen(args, folder)
  const text = printWorkspace(workspace)
  const writes: Write[] = text === opened.text ? [] : [{ file: opened.file, text }]
  const shared = new Shared()
  for (const [name, stream] of streams) {
    const own = indented(name, terminal)
    try {
      const captured = await captureTexts(
        captureArgs(args, stream, cloudsFor(workspace, stream)),
        { ...context, terminal: own },
        { shared },
      )
      writes.push(...captured.writes)
      if (isEmpty(captured.snapshot)) {
        own.say('neither images nor builds are asked for')
        continue
      }
      tellNews(captured, own)
      const { files } = await prepareFiles(captured.snapshot, regenerateArgs(args, stream), {
        folder,
        terminal: own,
      })
      const differing = files.filter(({ before, text: after }) => before !== after)
      writes.push(...differing)
    } catch (error) {
      throw ofStream(name, error)
    }
  }
  return writes
}

/** Of a stream that has no marketplace images, while nobody names its builds. */
function isEmpty(snapshot: Snapshot): boolean {
  return capturedClouds(snapshot).length === 0 && Object.keys(snapshot.builds).length === 0
}

function captureArgs(
  args: UpdateArgs,
  stream: WorkspaceStream,
  clouds: ReturnType<typeof cloudsFor>,
): CaptureArgs {
  const { snapshot, target, name, url, distro, signatures, criteria, ocp, builds } = stream
  const { WORDS: _, ...asking } = args
  return {
    ...asking,
    SNAPSHOT: snapshot,
    cloud: clouds.length > 0 ? clouds : ['none'],
    name,
    url,
    distro,
    'no-signatures': signatures === false,
    criteria,
    ocp: clouds.length > 0 ? ocp : undefined,
    BUILDS: Object.entries(builds ?? {}).map(([arch, release]) => `${arch}=${release}`),
    stream: builds ? undefined : target,
  }
}

function regenerateArgs(args: UpdateArgs, stream: WorkspaceStream): RegenerateArgs {
  return {
    target: stream.target,
    layout: stream.layouts ?? [],
    'marketplace-file': stream.marketplaceFile,
    require: stream.require ?? 'any',
    'allow-regression': args['allow-regression'],
    'keep-lost': args['keep-lost'],
  }
}

/** What is said of one stream, below its name. */
function indented(name: string, terminal: Terminal): Terminal {
  let isNamed = false
  return {
    ...terminal,
    say(line) {
      if (!isNamed) terminal.say(`${name}:`)
      isNamed = true
      terminal.say(`  ${line}`)
    },
    progress: (text) => terminal.progress(`${name}: ${text}`),
  }
}

/** The same error with the stream's name before it. */
function ofStream(name: string, error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  const { message, remedy, lines } = error
  const Kind = [CheckFailure, ServiceError].find((each) => error instanceof each) ?? InputError
  return new Kind(`${name}: ${message}`, remedy, { lines, cause: error })
}

interface Words {
  /** Of streams; none for all. */
  readonly names: readonly string[]
  /** New releases, by stream. */
  readonly builds: ReadonlyMap<string, Builds>
}

/**
 * Reads `STREAM`, and behind it its `VERSION` or `ARCH=VERSION`.
 *
 * @throws InputError for a word that is none of them, and for a version of which nothing tells whose
 *   it is
 */
async function readWords(
  words: readonly string[],
  opened: OpenedWorkspace,
  folder: Folder,
): Promise<Words> {
  const { streams, file } = opened
  const all = [...streams.keys()]
  const names: string[] = []
  const builds = new Map<string, Builds>()
  for (const word of words) {
    if (streams.has(word)) {
      names.push(word)
      continue
    }
    // A release begins with its RHEL or OCP: a mistyped name is not taken for one.
    if (!/^[0-9]+\.[0-9]/.test(word) && !word.includes('=')) throw noStream(word, all, file)
    const name = names.at(-1) ?? (all.length === 1 ? all[0] : undefined)
    const stream = name === undefined ? undefined : streams.get(name)
    if (name === undefined || stream === undefined) {
      throw new InputError(
        `${word}: a version, but of which stream? ${file} has ${all.join(', ')}`,
        `Name the stream before it: stream-snapshot update ${all[0]} ${word}`,
      )
    }
    if (names.length === 0) names.push(name)
    builds.set(name, await releasesWith(word, { ...stream, ...own(builds.get(name)) }, folder))
  }
  return { names: [...new Set(names)], builds }
}

function own(builds: Builds | undefined): { readonly builds?: Builds } {
  return builds ? { builds } : {}
}

/** A stream's releases with those of a word; the others are what they are. */
async function releasesWith(
  word: string,
  { builds, target }: WorkspaceStream,
  folder: Folder,
): Promise<Builds> {
  const text = await folder.readIfExists(target)
  const there = text === undefined ? new Map() : getReleases(readStream(text, target))
  const known = { ...Object.fromEntries(there), ...builds }
  if (word.includes('=')) {
    const [read] = readBuilds([word])
    return { ...known, [read?.architecture as Architecture]: read?.release }
  }
  const architectures = Object.keys(known)
  if (architectures.length === 0) {
    throw new InputError(
      `${word}: ${target} is not there, so nothing tells the architectures`,
      `Name each of them: x86_64=${word}`,
    )
  }
  return Object.fromEntries(architectures.map((arch) => [arch, word]))
}
