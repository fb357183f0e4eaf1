import { basename } from 'node:path'
import { type CaptureRequest, capture } from '../capture/capture.ts'
import { BUILD_SERVERS, ocpOfStream } from '../capture/identity.ts'
import { printRecording, type Recording, readRecording } from '../capture/recording.ts'
import type { Access } from '../clouds/types.ts'
import type { Criteria } from '../criteria/criteria.ts'
import { BUILT_IN, readCriteria } from '../criteria/read.ts'
import { InputError } from '../errors.ts'
import { withLock } from '../files/lock.ts'
import { readBeside, readIfThere, readInput } from '../files/read.ts'
import { tidy, writeFiles } from '../files/write.ts'
import { assemble, type Found } from '../snapshot/assemble.ts'
import { recordingFile } from '../snapshot/files.ts'
import { readShape } from '../snapshot/read.ts'
import {
  CLOUDS,
  type CloudName,
  cloudsOf,
  imagesOf,
  queriesOf,
  type StreamIdentity,
} from '../snapshot/snapshot.ts'
import { readStream, type Stream } from '../stream/stream.ts'
import { GENERATOR } from '../version.ts'
import { type Minor, printMinor, readMinor } from '../versions/minor.ts'
import { type AllCloudArgs, cloudCriteria, cloudOptions, cloudSettings } from './clouds/index.ts'
import type { Command } from './index.ts'
import { type CommonArgs, once, terminalOf, wholeNumber } from './options.ts'

export interface CaptureArgs extends CommonArgs, AllCloudArgs {
  readonly SNAPSHOT: string
  readonly BUILDS?: readonly string[] | undefined
  readonly stream?: string | undefined
  readonly name?: string | undefined
  readonly url?: string | undefined
  readonly distro?: 'rhcos' | 'fcos' | undefined
  readonly 'no-signatures'?: boolean | undefined
  readonly cloud?: readonly (CloudName | 'none')[] | undefined
  readonly criteria?: string | undefined
  readonly ocp?: string | undefined
  readonly concurrency: number
  readonly timeout: number
  readonly replay?: string | undefined
}

export const captureCommand: Command<CaptureArgs> = {
  builder: (argv) =>
    cloudOptions(argv)
      .positional('SNAPSHOT', {
        type: 'string',
        demandOption: true,
        describe: 'The snapshot to write, NAME.json; its recording is NAME.recording.json',
      })
      .option('stream', {
        type: 'string',
        describe: 'Take the releases from this stream file',
        coerce: once('stream'),
      })
      .option('cloud', {
        type: 'string',
        describe: 'The clouds to ask, with commas between them; none for no cloud',
        defaultDescription: 'azure',
        coerce: cloudNames,
      })
      .option('criteria', {
        type: 'string',
        describe: 'Which images to look for',
        defaultDescription: 'built-in',
        coerce: once('criteria'),
      })
      .option('ocp', {
        type: 'string',
        describe: 'The OCP minor, X.Y',
        defaultDescription: 'what the release or the name of the stream tells',
        coerce: minorOption,
      })
      .option('concurrency', {
        default: 8,
        describe: 'How many questions to ask at a time',
        coerce: wholeNumber('concurrency'),
      })
      .option('timeout', {
        default: 30,
        describe: 'Seconds to wait for each answer',
        coerce: wholeNumber('timeout'),
      })
      .option('replay', {
        type: 'string',
        describe: "Answer every request from a recording, by default the snapshot's own",
        coerce: replayOption,
      })
      .example('$0 capture snapshots/rhcos-4.18.json --stream rhcos.json', 'with credentials')
      .example('$0 capture snapshots/rhcos-4.18.json --replay', 'from the recording'),

  async run(args) {
    await captureFiles(args)
  },
}

/** In milliseconds: a capture that is not throttled takes a few seconds. */
const PATIENCE = 30_000

/** Captures and writes the snapshot and its recording, both or neither, while nobody else does. */
export async function captureFiles(args: CaptureArgs): Promise<void> {
  const file = args.SNAPSHOT
  const recording = recordingFile(file)
  const terminal = terminalOf(args)
  const onWait = (holder: string) => terminal.say(`${file}: waiting for ${holder}`)
  await withLock(file, { patience: PATIENCE, onWait }, async () => {
    tidy(recording, file)
    await captureAlone(args, file, recording)
  })
}

async function captureAlone(args: CaptureArgs, file: string, recording: string): Promise<void> {
  const terminal = terminalOf(args)
  const found = await find(file, recording)
  const replay = await readReplay(args, recording)
  const request = await requestFor(args, found, replay)

  const line = await terminal.progress('asking')
  const started = Date.now()
  const captured = await capture({
    ...request,
    ...(replay && { replay: replay.recording }),
    onProgress: ({ done, total }) => line.update(`asked ${done} of ${total}`),
  }).finally(() => line.stop())

  const sibling =
    found ?? (replay && (await find(snapshotOf(replay.file), replay.file).catch(() => undefined)))
  const assembled = assemble(
    captured.content,
    { file: basename(recording), text: printRecording(captured.recording) },
    sibling,
    `${new Date().toISOString().slice(0, 19)}Z`,
    GENERATOR,
  )
  const writes = [
    {
      file: recording,
      text: assembled.recordingText,
      before: found?.recording ?? (await readBeside(recording)),
    },
    { file, text: assembled.snapshotText, before: await readIfThere(file) },
  ].filter(({ text, before }) => text !== before)
  await writeFiles(writes)

  for (const cloud of cloudsOf(captured.content)) {
    const queries = queriesOf(captured.content, cloud)
    const missing = queries.filter((query) => 'missing' in query).length
    const count = imagesOf(captured.content, cloud).length
    terminal.say(`${cloud}: ${queries.length} questions, ${count} images, ${missing} not there`)
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  terminal.say(
    writes.length === 0
      ? `${file}: nothing new, unchanged (${seconds} s)`
      : `${writes.map((write) => write.file).join(' and ')}: written (${seconds} s)`,
  )
}

/** The snapshot and the recording that are there already. */
async function find(file: string, recording: string): Promise<Found | undefined> {
  const text = await readIfThere(file)
  if (text === undefined) return undefined
  return { snapshot: readShape(text, file), recording: await readBeside(recording) }
}

interface Replay {
  readonly file: string
  readonly recording: Recording
}

async function readReplay({ replay }: CaptureArgs, own: string): Promise<Replay | undefined> {
  if (replay === undefined) return undefined
  const file = replay || own
  return { file, recording: readRecording(await readInput(file), file) }
}

/** What to ask: what the command line says, else what the snapshot that is there asked. */
async function requestFor(
  args: CaptureArgs,
  found: Found | undefined,
  replay: Replay | undefined,
): Promise<CaptureRequest> {
  const { snapshot } = found ?? {}
  const source =
    args.stream === undefined ? undefined : readStream(await readInput(args.stream), args.stream)
  if (source === undefined && snapshot === undefined) {
    throw new InputError(
      `${args.SNAPSHOT}: not there yet, so the releases are needed`,
      'Name a stream file that has them with --stream FILE.',
    )
  }
  const clouds =
    args.cloud ?? (source === undefined && snapshot ? cloudsOf(snapshot) : (['azure'] as const))
  const asked = clouds.filter((cloud) => cloud !== 'none')
  const criteria = await criteriaFor(
    args,
    replay && source === undefined ? snapshot?.criteria : undefined,
  )
  const ocp = asked.length === 0 ? undefined : ocpFor(args, source, snapshot?.stream)
  return {
    stream: identityFor(args, source, snapshot?.stream, ocp),
    criteria: cloudCriteria(criteria, asked, args),
    ocp,
    clouds: await accessTo(asked, args, replay !== undefined),
    concurrency: args.concurrency,
  }
}

async function criteriaFor(
  { criteria }: CaptureArgs,
  own: Criteria | undefined,
): Promise<Criteria> {
  return criteria === undefined
    ? (own ?? BUILT_IN)
    : readCriteria(await readInput(criteria), criteria)
}

function ocpFor(
  { ocp, SNAPSHOT, stream, name }: CaptureArgs,
  source: Stream | undefined,
  own: StreamIdentity | undefined,
): Minor {
  const releases = source?.architectures().flatMap((arch) => source.release(arch) ?? []) ?? []
  const found =
    (ocp === undefined ? undefined : readMinor(ocp)) ??
    (source ? ocpOfStream(name ?? source.name, releases) : undefined) ??
    (source === undefined && own?.ocp ? readMinor(own.ocp) : undefined)
  if (found === undefined) {
    throw new InputError(
      `${stream ?? SNAPSHOT}: neither the release nor the stream's name tells the OCP minor`,
      'Name it with --ocp X.Y.',
    )
  }
  return found
}

function identityFor(
  args: CaptureArgs,
  source: Stream | undefined,
  own: StreamIdentity | undefined,
  ocp: Minor | undefined,
): StreamIdentity {
  const base = source === undefined ? own : undefined
  const distro = args.distro ?? base?.distro ?? 'rhcos'
  return {
    name: args.name ?? source?.name ?? base?.name ?? '',
    distro,
    ocp: ocp ? printMinor(ocp) : null,
    url: args.url ?? base?.url ?? BUILD_SERVERS[distro],
    signatures: args['no-signatures'] ? false : (base?.signatures ?? true),
  }
}

async function accessTo(
  clouds: readonly CloudName[],
  args: CaptureArgs,
  isReplayed: boolean,
): Promise<Partial<Record<CloudName, Access<unknown>>>> {
  const timeout = args.timeout * 1000
  const accesses = await Promise.all(
    clouds.map(async (cloud) => {
      if (isReplayed) return [cloud, { live: false, timeout }] as const
      return [cloud, { live: true, timeout, settings: await cloudSettings(cloud, args) }] as const
    }),
  )
  return Object.fromEntries(accesses)
}

/** The snapshot that a recording lies beside. */
function snapshotOf(recording: string): string {
  return recording.replace(/\.recording\.json$/, '.json')
}

function cloudNames(value: unknown): (CloudName | 'none')[] | undefined {
  const text = once('cloud')(value)
  if (text === undefined) return undefined
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find(
    (name) => name !== 'none' && !(CLOUDS as readonly string[]).includes(name),
  )
  if (unknown !== undefined) {
    throw new InputError(
      `--cloud: expected ${CLOUDS.join(', ')} or none, found ${JSON.stringify(unknown)}`,
    )
  }
  if (names.includes('none') && names.length > 1) throw new InputError('--cloud none: stands alone')
  return [...new Set(names)] as (CloudName | 'none')[]
}

function minorOption(value: unknown): string | undefined {
  const text = once('ocp')(value)
  if (text !== undefined && readMinor(text) === undefined) {
    throw new InputError(`--ocp: expected X.Y such as 4.18, found ${JSON.stringify(text)}`)
  }
  return text
}

function replayOption(value: unknown): string | undefined {
  if (Array.isArray(value)) throw new InputError('--replay: given more than once')
  return value as string | undefined
}
