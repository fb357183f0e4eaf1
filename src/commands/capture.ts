import { basename } from 'node:path'
import { withLock } from '../disk/lock.ts'
import { readBeside, readIfThere, readInput } from '../disk/read.ts'
import { tidy, type Write, writeFiles } from '../disk/write.ts'
import {
  assemble,
  capture,
  cloudsOf,
  type Found,
  GENERATOR,
  imagesOf,
  printRecording,
  queriesOf,
  type Recording,
  readRecording,
  readShape,
  recordingFile,
  type Snapshot,
  type SnapshotContent,
} from '../index.ts'
import { type CaptureArgs, captureOptions } from './capture-options.ts'
import { requestFor } from './capture-request.ts'
import type { Command } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import { once, terminalOf } from './options.ts'

export const captureCommand: Command<CaptureArgs> = {
  builder: (argv) =>
    captureOptions(
      argv
        .positional('SNAPSHOT', {
          type: 'string',
          demandOption: true,
          describe: 'The snapshot to write, NAME.json; its recording is NAME.recording.json',
        })
        .option('stream', {
          type: 'string',
          describe: 'Take the releases from this stream file instead of capturing builds',
          coerce: once('stream'),
        }),
    )
      .example('$0 capture snapshots/rhcos-4.18.json --stream rhcos.json  # with credentials', '')
      .example(
        '$0 capture 4.18.json --name 4.18-9.4 x86_64=418.94.202410090804-0  # with its build',
        '',
      )
      .example('$0 capture snapshots/rhcos-4.18.json --replay  # from the recording', ''),

  async run(args) {
    const terminal = terminalOf(args)
    await withSnapshot(args.SNAPSHOT, terminal, async () => {
      const captured = await captureTexts(args, terminal)
      await writeFiles(captured.writes)
      tellCapture(args.SNAPSHOT, captured, terminal)
    })
  },
}

/** In milliseconds: a capture that is not throttled takes a few seconds. */
const PATIENCE = 30_000

/** Does some work on a snapshot and its recording while no other capture does any. */
export async function withSnapshot(
  file: string,
  terminal: Terminal,
  work: () => Promise<void>,
): Promise<void> {
  const recording = recordingFile(file)
  const onWait = (holder: string) => terminal.say(`${file}: waiting for ${holder}`)
  await withLock(file, { patience: PATIENCE, onWait }, async () => {
    tidy(recording, file)
    await work()
  })
}

/** What a capture learned, before it is written. */
export interface CapturedTexts {
  readonly snapshot: Snapshot
  /** The snapshot and its recording, as far as they change; both or neither are to be written. */
  readonly writes: readonly Write[]
  /** How long it took. */
  readonly seconds: number
}

/** Captures and writes nothing; what a person should know of the builds is said at once. */
export async function captureTexts(args: CaptureArgs, terminal: Terminal): Promise<CapturedTexts> {
  const file = args.SNAPSHOT
  const recording = recordingFile(file)
  const found = await find(file, recording)
  const replay = await readReplay(args, recording)
  const request = await requestFor(args, found?.snapshot, replay !== undefined)

  const line = await terminal.progress('asking')
  const started = Date.now()
  const captured = await capture({
    ...request,
    ...(replay && { replay: replay.recording }),
    onWait: (text) => terminal.say(text),
    onProgress: ({ done, total }) => line.update(`asked ${done} of ${total}`),
  }).finally(() => line.stop())
  for (const note of captured.notes) terminal.say(`warning: ${note}`)

  const sibling =
    found ?? (replay && (await find(snapshotOf(replay.file), replay.file).catch(() => undefined)))
  const assembled = assemble(
    captured.content,
    { file: basename(recording), text: await printRecording(captured.recording) },
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
  return { snapshot: assembled.snapshot, writes, seconds: (Date.now() - started) / 1000 }
}

/** Says what a capture came to, once it is written. */
export function tellCapture(
  file: string,
  { snapshot, writes, seconds }: CapturedTexts,
  terminal: Terminal,
): void {
  for (const line of countLines(snapshot)) terminal.say(line)
  const time = `${seconds.toFixed(1)} s`
  terminal.say(
    writes.length === 0
      ? `${file}: nothing new, unchanged (${time})`
      : `${writes.map((write) => write.file).join(' and ')}: written (${time})`,
  )
}

function countLines(snapshot: SnapshotContent): string[] {
  const builds = Object.entries(snapshot.builds)
  return [
    ...(builds.length > 0
      ? [`builds: ${builds.map(([arch, { release }]) => `${arch}=${release}`).join(' ')}`]
      : []),
    ...cloudsOf(snapshot).map((cloud) => {
      const queries = queriesOf(snapshot, cloud)
      const missing = queries.filter((query) => 'missing' in query).length
      const images = imagesOf(snapshot, cloud).length
      return `${cloud}: ${queries.length} questions, ${images} images, ${missing} not there`
    }),
  ]
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
  return { file, recording: await readRecording(await readInput(file), file) }
}

/** The snapshot that a recording lies beside. */
function snapshotOf(recording: string): string {
  return recording.replace(/\.recording\.json$/, '.json')
}
