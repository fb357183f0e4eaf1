import { dirname, join } from 'node:path'
import type { Check } from '../capture/verify.ts'
import { readCriteria } from '../core/criteria/criteria.ts'
import { isSnapshotText } from '../core/history/state.ts'
import { recordingFile } from '../core/snapshot/read.ts'
import { capturedClouds, type Snapshot } from '../core/snapshot/snapshot.ts'
import { getReleases, readStream } from '../core/stream/stream.ts'
import { hasNothing, type StreamConfig, targetFiles } from '../core/workspace/workspace.ts'
import { LaterVersionError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { allParts, hasCriteria } from './keep.ts'
import type { LockContext } from './locks.ts'
import { otherIdentity } from './regenerate.ts'
import { isPending, isWhole, type Verification, verifyStream } from './verify.ts'
import { namedStreams, type OpenedWorkspace, openWorkspace } from './workspace.ts'

export interface Fault {
  readonly message: string
  readonly remedy?: string | undefined
}

export interface CheckedStream {
  readonly name: string
  readonly config: StreamConfig
  readonly faults: readonly Fault[]
  /** Undefined if a file is missing, and for a stream without a snapshot. */
  readonly verification?: Verification
}

export interface CheckResult {
  readonly file: string
  readonly streams: readonly CheckedStream[]
  /** Snapshots and recordings that no stream uses. */
  readonly unused: readonly Fault[]
}

/**
 * Verifies the snapshots and files of streams of the workspace, offline.
 *
 * @param names of streams; empty for all streams and a search for unused snapshots
 */
export async function checkWorkspace(
  { folder }: Pick<LockContext, 'folder'>,
  names: readonly string[] = [],
  onStream: (checked: CheckedStream) => void = () => undefined,
): Promise<CheckResult> {
  const opened = await openWorkspace(folder)
  const streams: CheckedStream[] = []
  // Sequential, as a replay intercepts all requests of the process.
  for (const [name, config] of namedStreams(opened, names)) {
    const checked = await checkStream(name, config, opened, folder)
    streams.push(checked)
    onStream(checked)
  }
  const unused = names.length === 0 ? await findUnused(opened, folder) : []
  return { file: opened.file, streams, unused }
}

export function getFaults({ streams, unused }: CheckResult): Fault[] {
  const own = streams.flatMap(({ name, faults }) =>
    faults.map((fault) => ({ ...fault, message: `${name}: ${fault.message}` })),
  )
  return [...own, ...unused]
}

async function checkStream(
  name: string,
  config: StreamConfig,
  { file }: OpenedWorkspace,
  folder: Folder,
): Promise<CheckedStream> {
  const isEmpty = hasNothing(config) && !folder.exists(config.snapshot)
  const { snapshot, target, marketplaceFile } = config
  const files = { ...(isEmpty ? {} : { snapshot }), target, marketplaceFile }
  const missing = missingFiles(name, files, file, folder)
  if (missing.length > 0) return { name, config, faults: missing }
  try {
    if (isEmpty) {
      if (target) readStream(await folder.read(target), target)
      return { name, config, faults: [] }
    }
    const command = `stream-snapshot regenerate ${name}`
    const verification = await verifyStream(config, { folder }, command)
    const { checks } = verification
    const faults = checks.flatMap((check) => toFaults(check, name, config))
    if (verification.snapshot && isWhole(checks)) {
      faults.push(...otherReleases(name, config, verification.snapshot, verification, file))
      faults.push(...(await otherSettings(name, config, verification.snapshot, file, folder)))
    }
    return { name, config, faults, verification }
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof LaterVersionError) throw error
    const {
      message,
      remedy = `Correct the file, or run git checkout -- ${targetFiles(config).join(' ')}`,
    } = error
    return { name, config, faults: [{ message, remedy }] }
  }
}

function missingFiles(
  name: string,
  files: Readonly<Record<string, string | undefined>>,
  file: string,
  folder: Folder,
): Fault[] {
  return Object.entries(files).flatMap(([key, path]) => {
    if (path === undefined || folder.exists(path)) return []
    const remedy = `Run git checkout -- ${path} if it was committed, run stream-snapshot update ${name}, or change ${key} of ${name} in ${file}.`
    return [{ message: `${path}: no such file`, remedy }]
  })
}

function toFaults(
  { name: check, fault, remedy }: Check,
  name: string,
  { snapshot }: StreamConfig,
): Fault[] {
  if (fault === undefined) return []
  if (check === 'target') return [{ message: fault, remedy }]
  const files = `${snapshot} ${recordingFile(snapshot)}`
  const remedies: Readonly<Partial<Record<Check['name'], string>>> = {
    form: `Run stream-snapshot capture ${snapshot} --replay.`,
    schema: `Restore both files from a good commit: git checkout COMMIT -- ${files}`,
    secrets: 'Revoke the secrets, capture again, and do not push the files.',
  }
  const restore = `Run git checkout -- ${files}, or stream-snapshot update ${name}.`
  const message = fault.startsWith(snapshot) ? fault : `${snapshot}: ${check}: ${fault}`
  return [{ message, remedy: remedy ?? remedies[check] ?? restore }]
}

/** Builds of the snapshot and releases of the target that differ from the workspace. */
function otherReleases(
  name: string,
  { snapshot: file, target, builds }: StreamConfig,
  snapshot: Snapshot,
  { regeneration, checks }: Verification,
  workspace: string,
): Fault[] {
  const captured = Object.entries(snapshot.builds).map(([arch, { release }]) => [arch, release])
  if (builds === undefined) {
    if (captured.length === 0) return []
    const value = JSON.stringify(Object.fromEntries(captured))
    const message = `${file}: has builds, and ${workspace} has none for ${name}`
    return [{ message, remedy: `Add "builds": ${value} to ${name} in ${workspace}.` }]
  }
  const releases = regeneration ? getReleases(regeneration.result.stream) : new Map()
  // A target that differs has a fault already.
  const isTargetOk = checks.every(({ name: check, fault }) => check !== 'target' || !fault)
  return Object.entries(builds).flatMap(([arch, wanted]) => {
    const own = snapshot.builds[arch]?.release
    const shown = releases.get(arch)
    const remedy = `Run stream-snapshot update --cloud none ${name} ${arch}=${wanted}`
    if (own !== wanted) {
      const found = own === undefined ? `no build for ${arch}` : `the build ${own} for ${arch}`
      return [{ message: `${file}: has ${found}, and ${workspace} has ${wanted}`, remedy }]
    }
    if (!isTargetOk || shown === wanted) return []
    const found = shown ?? 'no release'
    return [{ message: `${target}: ${arch} has ${found}, and ${workspace} has ${wanted}`, remedy }]
  })
}

/** Settings of the snapshot that differ from the workspace. */
async function otherSettings(
  name: string,
  config: StreamConfig,
  snapshot: Snapshot,
  workspace: string,
  folder: Folder,
): Promise<Fault[]> {
  const { snapshot: file, criteria } = config
  const captured = capturedClouds(snapshot)
  const { clouds = captured } = config
  const faults: Fault[] = []
  const add = (what: string, remedy = `Run stream-snapshot update ${name}.`) =>
    faults.push({ message: `${file}: ${what}`, remedy })
  const keys = Object.keys(snapshot.stream) as (keyof typeof snapshot.stream)[]
  for (const message of otherIdentity(snapshot, config, workspace, keys)) {
    const remedy = `Run stream-snapshot update ${name}, or correct ${workspace}.`
    faults.push({ message, remedy })
  }
  for (const cloud of clouds) {
    if (!captured.includes(cloud) && !isPending(snapshot, config, cloud)) {
      add(`${cloud} was not queried`)
    }
  }
  for (const cloud of captured.filter((each) => !clouds.includes(each))) {
    const remedy = `Run stream-snapshot capture ${file} --replay --drop ${cloud}, then stream-snapshot regenerate ${name} --allow-regression; or add ${cloud} to clouds.`
    add(`has ${cloud}, which is not in clouds of ${workspace}`, remedy)
  }
  if (criteria !== undefined) {
    const wanted = readCriteria(await folder.read(criteria), criteria)
    if (!hasCriteria(wanted, snapshot, allParts(snapshot))) {
      add(`captured with criteria other than ${criteria}`)
    }
  }
  return faults
}

/** Snapshots and recordings in the folders of the workspace's snapshots that no stream uses. */
async function findUnused({ file, streams }: OpenedWorkspace, folder: Folder): Promise<Fault[]> {
  const used = [...streams.values()].flatMap(({ snapshot }) => [snapshot, recordingFile(snapshot)])
  const unused: string[] = []
  for (const place of new Set(used.map((each) => dirname(each)))) {
    for (const path of folder.list(place, '.json').map((name) => join(place, name))) {
      if (used.includes(path)) continue
      // The folder may contain other files.
      const text = path.endsWith('.recording.json')
        ? undefined
        : await folder.readIfExists(path).catch(() => '')
      if (text === undefined || (isSnapshotText(text) && text.includes('"sha256"'))) {
        unused.push(path)
      }
    }
  }
  return unused.map((path) => ({
    message: `${path}: not used by any stream in ${file}`,
    remedy: `Delete ${path}, or set it as the snapshot of a stream in ${file}.`,
  }))
}
