import { basename, dirname, join } from 'node:path'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { CheckFailure, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import {
  capturedClouds,
  getReleases,
  readShape,
  readStream,
  recordingFile,
  type Snapshot,
} from '../index.ts'
import { counted } from '../printable.ts'
import { namedStreams, openWorkspace } from '../workflows/workspace.ts'
import { command } from './command.ts'
import { texts } from './option.ts'
import { checkTarget, verifyFile } from './verify.ts'

export const checkCommand = command({
  name: 'check',
  describe: "Check that the workspace's snapshots and files belong together, offline",
  positionals: { STREAMS: texts("The workspace's names of streams; default: all") },
  options: {},
  examples: [
    ['check', 'in CI: without network and credentials'],
    ['check rhel-9', 'one stream'],
  ],

  async run({ STREAMS }, { folder, terminal }) {
    const { file, faults } = await checkStreams(STREAMS, folder, ({ name, isOk, words }) =>
      terminal.line(`${name}: ${isOk ? words : 'FAILED'}`),
    )
    if (faults.length === 0) return
    throw new CheckFailure(
      `${file}: ${counted(faults.length, 'check')} failed`,
      'stream-snapshot update makes snapshots and files anew; restore from git what was changed by hand.',
      { lines: faults },
    )
  },
})

/** What a check came to for a stream. */
export interface CheckedStream {
  readonly name: string
  readonly isOk: boolean
  /** What it is that is in order; empty where it is not. */
  readonly words: string
}

/** Checks streams of the workspace of a folder, or all, and says what is wrong. */
export async function checkStreams(
  names: readonly string[],
  folder: Folder,
  onStream: (checked: CheckedStream) => void = () => undefined,
): Promise<{ readonly file: string; readonly faults: readonly string[] }> {
  const opened = await openWorkspace(folder)
  const faults: string[] = []
  // One after another: a replay answers all requests of a process.
  for (const [name, stream] of namedStreams(opened, names)) {
    const found = await faultsOf(folder, stream)
    faults.push(...found.map((fault) => `${name}: ${fault}`))
    const isOk = found.length === 0
    onStream({ name, isOk, words: isOk ? await wordsOn(folder, stream) : '' })
  }
  if (names.length === 0) faults.push(...(await straysBeside(folder, [...opened.streams.values()])))
  return { file: opened.file, faults }
}

/** What is wrong with a stream's snapshot and files, or with what the workspace says of them. */
async function faultsOf(folder: Folder, stream: StreamConfig): Promise<string[]> {
  try {
    const checks = await verifyFile(folder, stream.snapshot)
    const faults = checks.flatMap(({ name, fault }) => (fault === undefined ? [] : { name, fault }))
    const broken = faults.map(({ name, fault }) => `${stream.snapshot}: ${name}: ${fault}`)
    if (faults.some(({ name }) => name === 'schema' || name === 'integrity')) return broken
    const snapshot = readShape(await folder.read(stream.snapshot), stream.snapshot)
    const { fault } = await checkTarget(folder, stream)
    return [
      ...broken,
      ...(fault === undefined ? [] : [fault]),
      ...(await otherReleases(folder, stream, snapshot)),
      ...otherRequest(stream, snapshot),
    ]
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return [error.message]
  }
}

/** Releases of the target and builds of the snapshot that are not those of the workspace. */
async function otherReleases(
  folder: Folder,
  { snapshot: file, target = '', builds = {} }: StreamConfig,
  snapshot: Snapshot,
): Promise<string[]> {
  const releases = getReleases(readStream(await folder.read(target), target))
  return Object.entries(builds).flatMap(([arch, wanted]) => {
    const places = [
      [target, releases.get(arch)],
      [file, snapshot.builds[arch]?.release],
    ] as const
    return places
      .filter(([, release]) => release !== wanted)
      .map(
        ([name, release]) => `${name}: ${arch} is at ${release ?? 'no build'}, expected ${wanted}`,
      )
  })
}

/** What the snapshot was captured for, where the workspace says otherwise. */
function otherRequest(stream: StreamConfig, snapshot: Snapshot): string[] {
  const asked = capturedClouds(snapshot)
  const wanted = stream.clouds ?? []
  // Without a cloud there is no OCP minor to ask for.
  const given = Object.entries(snapshot.stream).flatMap(([key, value]) => {
    if (key === 'ocp' && wanted.length === 0) return []
    const own = stream[key as keyof typeof snapshot.stream]
    return own === undefined || own === value ? [] : [`${key} ${value}, expected ${own}`]
  })
  return [
    ...given,
    ...wanted.filter((cloud) => !asked.includes(cloud)).map((cloud) => `no ${cloud}`),
    ...asked
      .filter((cloud) => !wanted.includes(cloud))
      .map((cloud) => `${cloud}, which is not asked`),
  ].map((what) => `${stream.snapshot}: was captured with ${what}`)
}

/** `ok` and what it is that is in order. */
async function wordsOn(folder: Folder, { snapshot, target = '' }: StreamConfig): Promise<string> {
  const stream = readStream(await folder.read(target), target)
  const releases = [...new Set(getReleases(stream).values())]
  const { images } = readShape(await folder.read(snapshot), snapshot)
  const counts = Object.entries(images).map(
    ([cloud, { length }]) => `${counted(length, 'image')} of ${cloud}`,
  )
  const captured = counts.length > 0 ? counts : ['no images asked for']
  return `ok, ${[releases.join(' and ') || 'no release', ...captured].join(', ')}`
}

/** Snapshots and recordings in the snapshots' folders that no stream names. */
async function straysBeside(folder: Folder, streams: readonly StreamConfig[]): Promise<string[]> {
  const files = streams.flatMap(({ snapshot }) => [snapshot, recordingFile(snapshot)])
  const strays: string[] = []
  for (const place of new Set(files.map((file) => dirname(file)))) {
    for (const name of folder.list(place, '.json')) {
      const file = join(place, name)
      if (!files.includes(file) && (await isOfCapture(folder, file))) strays.push(file)
    }
  }
  return strays.map((file) => `${file}: is of no stream of the workspace`)
}

/** Other files may lie there too, if the folder is the repository's own. */
async function isOfCapture(folder: Folder, file: string): Promise<boolean> {
  if (basename(file).endsWith('.recording.json')) return true
  const text = await folder.readIfExists(file).catch(() => undefined)
  try {
    const { schemaVersion, recording } = JSON.parse(text ?? 'null') ?? {}
    return schemaVersion !== undefined && recording?.sha256 !== undefined
  } catch {
    return false
  }
}
