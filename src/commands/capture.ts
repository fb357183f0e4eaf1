import { basename } from 'node:path'
import { sortExchanges } from '../capture/recording.ts'
import { sha256, withLf } from '../core/snapshot/canonical.ts'
import { withKept } from '../core/snapshot/parts.ts'
import { CheckFailure, InputError, ServiceError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'
import {
  assemble,
  type Change,
  type CloudName,
  type Comparison,
  capture,
  capturedClouds,
  compareInventories,
  type Found,
  GENERATOR,
  getQueries,
  Listings,
  lossNames,
  printRecording,
  type Recording,
  readRecording,
  readSnapshot,
  recordingFile,
  type Shared,
  type Snapshot,
  type SnapshotContent,
  snapshotInventory,
} from '../index.ts'
import { counted } from '../printable.ts'
import { dropLines, newsLines } from '../show/news.ts'
import { planLines } from '../show/plan.ts'
import {
  CAPTURE_OPTIONS,
  CAPTURE_POSITIONALS,
  type CaptureArgs,
  OWN_OPTIONS,
} from './capture-options.ts'
import { type Asked, requestFor } from './capture-request.ts'
import { type Context, command } from './command.ts'
import type { Terminal } from './line/terminal.ts'

export const captureCommand = command({
  name: 'capture',
  describe: 'Ask the clouds and the build server, record their answers, and write a snapshot',
  positionals: CAPTURE_POSITIONALS,
  options: { ...CAPTURE_OPTIONS, ...OWN_OPTIONS },
  examples: [
    ['capture snapshots/rhcos-4.18.json --stream rhcos.json', 'with credentials'],
    ['capture 4.18.json --name 4.18-9.4 x86_64=418.94.202410090804-0', 'with its build'],
    ['capture snapshots/rhcos-4.18.json --cloud aws', 'the rest stays'],
    ['capture snapshots/rhcos-4.18.json --check', 'is it what they say today?'],
    ['capture snapshots/rhcos-4.18.json --replay', 'from the recording'],
  ],

  async run(args, context) {
    const { folder, terminal } = context
    if (args.check) return refuseNews(args.SNAPSHOT, await captureTexts(args, context), terminal)
    await withSnapshot(args.SNAPSHOT, context, async () => {
      const captured = await captureTexts(args, context)
      await folder.write(captured.writes)
      tellCapture(args.SNAPSHOT, captured, terminal)
    })
  },
})

/** In milliseconds: a capture that is not throttled takes a few seconds. */
const PATIENCE = 30_000

/** Does some work on a snapshot and its recording while no other capture does any. */
export async function withSnapshot(
  file: string,
  { folder, terminal }: Pick<Context, 'folder' | 'terminal'>,
  work: () => Promise<void>,
): Promise<void> {
  const recording = recordingFile(file)
  const onWait = (holder: string) => terminal.say(`${file}: waiting for ${holder}`)
  await folder.lock(file, { patience: PATIENCE, onWait }, async () => {
    folder.tidy(recording, file)
    await work()
  })
}

/** What a capture learned, before it is written. */
export interface CapturedTexts {
  readonly snapshot: Snapshot
  /** What it changes in the snapshot that was there; undefined where none was. */
  readonly comparison: Comparison | undefined
  /** The clouds that nobody asked. */
  readonly kept: readonly CloudName[]
  /** The snapshot and its recording, as far as they change; both or neither are to be written. */
  readonly writes: readonly Write[]
  /** How long it took. */
  readonly seconds: number
}

/**
 * Captures and writes nothing; what a person should know of the answers is said at once.
 *
 * @throws CheckFailure where something would be lost that the command line does not take out
 */
export async function captureTexts(
  args: CaptureArgs,
  context: Context,
  options: { readonly isTolerant?: boolean; readonly shared?: Shared } = {},
): Promise<CapturedTexts> {
  const { folder, terminal, now, onInterrupt } = context
  const file = args.SNAPSHOT
  const recording = recordingFile(file)
  const found = await find(args, recording, context)
  const replay = await readReplay(args, recording, folder)
  const asked = await requestFor(args, found?.snapshot, replay !== undefined, context, options)
  for (const note of asked.notes) terminal.say(`warning: ${note}`)
  const evidence = await evidenceFor(asked, found, recording)

  const line = await terminal.progress('asking')
  const forget = onInterrupt(() => terminal.warn(`${file}: interrupted, nothing was written`))
  const started = now().getTime()
  const captured = await capture({
    ...asked.request,
    shared: options.shared,
    ...(replay && { replay: replay.recording }),
    onWait: (text) => terminal.say(text),
    onProgress: (parts) =>
      line.update(parts.map(({ name, done, total }) => `${name} ${done}/${total}`).join('  ')),
  }).finally(() => {
    line.stop()
    forget()
  })
  for (const note of captured.notes) terminal.say(`warning: ${note}`)

  const content = asked.kept ? withKept(captured.content, asked.kept) : captured.content
  if (asked.kept) tellMixedBuilds(content, terminal)
  const comparison =
    found &&
    compareInventories(
      snapshotInventory(found.snapshot),
      snapshotInventory(content),
      content.criteria.rhel,
      new Listings(content),
    )
  if (found && comparison) refuseLoss(args, found.snapshot, content, comparison, terminal)
  if (asked.dropped) for (const dropped of dropLines(asked.dropped)) terminal.say(dropped)

  const sibling = found ?? (replay && (await findSibling(replay.file, folder)))
  const assembled = assemble(
    content,
    {
      file: basename(recording),
      text: await printRecording(sortExchanges([...captured.recording, ...evidence])),
    },
    sibling,
    `${now().toISOString().slice(0, 19)}Z`,
    GENERATOR,
  )
  checkForm(assembled.snapshotText, file)
  const writes = [
    {
      file: recording,
      text: assembled.recordingText,
      before: found?.recording ?? (await folder.readSibling(recording)),
    },
    { file, text: assembled.snapshotText, before: await folder.readIfExists(file) },
  ].filter(({ text, before }) => before === undefined || text !== withLf(before))
  return {
    snapshot: assembled.snapshot,
    comparison,
    kept: asked.kept ? capturedClouds(asked.kept) : [],
    writes,
    seconds: (now().getTime() - started) / 1000,
  }
}

/** The exchanges of what stays. */
async function evidenceFor(
  { kept }: Asked,
  found: Found | undefined,
  file: string,
): Promise<Recording> {
  if (kept === undefined) return []
  const { evidenceOf } = await import('../capture/evidence.ts')
  return evidenceOf(kept, await readRecording(found?.recording ?? '[]', file), file)
}

/** Nothing is written that could not be read again. */
function checkForm(text: string, file: string): void {
  try {
    readSnapshot(text, file)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new ServiceError(`the answers make no snapshot: ${error.message}`, undefined, {
      cause: error,
    })
  }
}

function tellMixedBuilds({ builds }: SnapshotContent, terminal: Terminal): void {
  const all = Object.entries(builds).map(([arch, { release }]) => ({ arch, release }))
  if (new Set(all.map(({ release }) => release)).size < 2) return
  const named = all.map(({ arch, release }) => `${arch}=${release}`).join(' ')
  terminal.say(`warning: the architectures are of different builds: ${named}`)
}

/**
 * Refuses what a capture would take out of the snapshot and nobody named: an architecture, a
 * platform or an image of a build that is the same as before, a region of a cloud. What a cloud does
 * not list any more, and what a new build does not have, is news.
 */
function refuseLoss(
  args: CaptureArgs,
  before: Snapshot,
  after: SnapshotContent,
  comparison: Comparison,
  terminal: Terminal,
): void {
  const { drop = [], regions } = args
  const isSame = (arch: string) => before.builds[arch]?.release === after.builds[arch]?.release
  const isRefused = ({ subject, loss, follows }: Change) => {
    if (loss !== 'removed' || follows) return false
    if (subject.kind === 'build') return !drop.includes(subject.architecture)
    if (subject.kind !== 'artifact' && subject.kind !== 'image') return false
    // The stream that has it refuses its loss; a capture may leave out signatures.
    if (subject.member !== undefined) return false
    return isSame(subject.architecture) && !drop.includes(subject.architecture)
  }
  const lost = comparison.changes.filter(isRefused)
  const places = capturedClouds(before).flatMap((cloud) => {
    if (drop.includes(cloud) || regions !== undefined) return []
    const now = new Set(regionsOf(after, cloud))
    return regionsOf(before, cloud)
      .filter((region) => !now.has(region))
      .map((region) => ({ cloud, region }))
  })
  const names = [
    ...lossNames(lost),
    ...(places.length > 0 ? [counted(places.length, 'region')] : []),
  ]
  if (names.length === 0) return
  const taken = new Set(lost.flatMap(({ subject }) => architectureOf(subject)))
  const drops = [...new Set([...taken, ...places.map(({ cloud }) => cloud)])].join(',')
  throw new CheckFailure(
    `${args.SNAPSHOT}: would lose ${names.join(', ')}`,
    `If that is meant, run again with --drop ${drops}${places.length > 0 ? ', or name the regions with --regions' : ''}.`,
    {
      lines: [
        ...planLines(comparison, terminal, lost),
        ...places.map(({ cloud, region }) => `-  ${cloud} region ${region}`),
      ],
    },
  )
}

function architectureOf(subject: Change['subject']): string[] {
  return 'architecture' in subject ? [subject.architecture] : []
}

/** Where a cloud was asked region by region. */
function regionsOf(content: SnapshotContent, cloud: CloudName): string[] {
  return getQueries(content, cloud).flatMap((query) =>
    'region' in query && typeof query.region === 'string' ? [query.region] : [],
  )
}

/** Says what a capture came to, once it is written. */
export function tellCapture(file: string, captured: CapturedTexts, terminal: Terminal): void {
  const { writes, seconds } = captured
  tellNews(captured, terminal)
  const time = `${seconds.toFixed(1)} s`
  terminal.say(
    writes.length === 0
      ? `${file}: nothing new, unchanged (${time})`
      : `${writes.map((write) => write.file).join(' and ')}: written (${time})`,
  )
}

export function tellNews(captured: CapturedTexts, terminal: Terminal): void {
  const { snapshot, comparison, kept } = captured
  for (const line of newsLines({ content: snapshot, comparison, kept }, terminal))
    terminal.say(line)
}

/** What `--check` says: the plan of changes, and whether there is one. */
function refuseNews(file: string, captured: CapturedTexts, terminal: Terminal): void {
  const { comparison, writes } = captured
  const isNew = writes.some((write) => write.file === file)
  if (!isNew) {
    terminal.say(`${file}: is what was answered today`)
    return
  }
  for (const line of comparison ? planLines(comparison, terminal) : []) terminal.data(`${line}\n`)
  throw new CheckFailure(
    `${file}: not what was answered today`,
    'Run the command without --check to update it.',
  )
}

/**
 * The snapshot and the recording that are there already. One that cannot be read is made anew where
 * the command line names all that it is to hold.
 */
async function find(
  args: CaptureArgs,
  recording: string,
  { folder, terminal }: Context,
): Promise<Found | undefined> {
  const file = args.SNAPSHOT
  const text = await folder.readIfExists(file)
  if (text === undefined) return undefined
  try {
    const found = {
      snapshot: readSnapshot(text, file),
      recording: await folder.readSibling(recording),
    }
    tellForeign(found, file, recording, terminal)
    return found
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const isNamed =
      args.cloud !== undefined && (args.BUILDS.length > 0 || args.stream !== undefined)
    if (!isNamed) {
      throw new InputError(
        error.message,
        `Take either side (git checkout --ours ${file} ${recording}) and capture again, or name all of it: builds or --stream, and --cloud.`,
        { cause: error },
      )
    }
    terminal.say(`${error.message}; it is made anew`)
    return undefined
  }
}

/** A machine that died between the two leaves a recording that is another snapshot's. */
function tellForeign(found: Found, file: string, recording: string, terminal: Terminal): void {
  const text = found.recording
  if (text !== undefined && sha256(text) === found.snapshot.recording.sha256) return
  terminal.say(
    text === undefined
      ? `warning: ${recording}: no such file`
      : `warning: ${recording}: is not the one that ${file} was made of`,
  )
}

/** The snapshot that a recording lies beside, which tells when its content was first seen. */
async function findSibling(recording: string, folder: Folder): Promise<Found | undefined> {
  const file = recording.replace(/\.recording\.json$/, '.json')
  const text = await folder.readIfExists(file).catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return { snapshot: readSnapshot(text, file), recording: await folder.readSibling(recording) }
  } catch {
    return undefined
  }
}

interface Replay {
  readonly file: string
  readonly recording: Recording
}

async function readReplay(
  { replay }: CaptureArgs,
  own: string,
  folder: Folder,
): Promise<Replay | undefined> {
  if (replay === undefined) return undefined
  const file = replay || own
  return { file, recording: await readRecording(await folder.read(file), file) }
}
