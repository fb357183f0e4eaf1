import { dirname, join } from 'node:path'
import type { Check } from '../capture/verify.ts'
import { readCriteria } from '../core/criteria/criteria.ts'
import { canonicalJson } from '../core/snapshot/canonical.ts'
import { recordingFile } from '../core/snapshot/read.ts'
import { capturedClouds, type Snapshot } from '../core/snapshot/snapshot.ts'
import { getReleases } from '../core/stream/stream.ts'
import { hasNothing, type StreamConfig } from '../core/workspace/workspace.ts'
import { LaterVersionError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { LockContext } from './locks.ts'
import { isPending, type Verification, verifyStream } from './verify.ts'
import { namedStreams, type OpenedWorkspace, openWorkspace } from './workspace.ts'

/** Something that is wrong, and the command or the edit that repairs it. */
export interface Fault {
  readonly message: string
  readonly remedy?: string
}

export interface CheckedStream {
  readonly name: string
  readonly config: StreamConfig
  readonly faults: readonly Fault[]
  /** Absent if a file is missing, and for a stream without a snapshot. */
  readonly verification?: Verification
}

export interface CheckResult {
  /** The workspace file. */
  readonly file: string
  readonly streams: readonly CheckedStream[]
  /** Snapshots and recordings that no stream uses. */
  readonly unused: readonly Fault[]
}

/**
 * Verifies the snapshots and files of streams of the workspace, offline.
 *
 * @param names of streams; none for all, with a search for unused snapshots
 */
export async function checkWorkspace(
  { folder }: Pick<LockContext, 'folder'>,
  names: readonly string[] = [],
  onStream: (checked: CheckedStream) => void = () => undefined,
): Promise<CheckResult> {
  const opened = await openWorkspace(folder)
  const streams: CheckedStream[] = []
  // One at a time: a replay intercepts all requests of the process.
  for (const [name, config] of namedStreams(opened, names)) {
    const checked = await checkStream(name, config, opened, folder)
    streams.push(checked)
    onStream(checked)
  }
  const unused = names.length === 0 ? await findUnused(opened, folder) : []
  return { file: opened.file, streams, unused }
}

/** All faults of a result, with the stream's name before those of a stream. */
export function faultsOf({ streams, unused }: CheckResult): Fault[] {
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
  if (hasNothing(config) && !folder.exists(config.snapshot)) return { name, config, faults: [] }
  const missing = missingFiles(name, config, file, folder)
  if (missing.length > 0) return { name, config, faults: missing }
  try {
    const verification = await verifyStream(
      config,
      { folder },
      `stream-snapshot regenerate ${name}`,
    )
    const { checks, snapshot } = verification
    const broken = checks.flatMap((check) => faultOf(check, name, config))
    const others =
      snapshot && broken.every(({ isWhole }) => isWhole)
        ? [
            ...otherReleases(name, config, snapshot, verification, file),
            ...(await otherSettings(name, config, snapshot, file, folder)),
          ]
        : []
    return { name, config, faults: [...broken.map(({ fault }) => fault), ...others], verification }
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof LaterVersionError) throw error
    const { message, remedy } = error
    return { name, config, faults: [{ message, ...(remedy !== undefined && { remedy }) }] }
  }
}

/** A target may have moved; a snapshot is captured by the first update. */
function missingFiles(
  name: string,
  { snapshot, target, marketplaceFile }: StreamConfig,
  file: string,
  folder: Folder,
): Fault[] {
  const keys = { snapshot, target, marketplaceFile }
  return Object.entries(keys).flatMap(([key, path]) => {
    if (path === undefined || folder.exists(path)) return []
    const restore = `git checkout -- ${path}`
    const remedy =
      key === 'snapshot'
        ? `stream-snapshot update ${name}, or ${restore}`
        : `${restore}, or change ${key} of ${name} in ${file} if the file has moved`
    return [{ message: `${path}: no such file`, remedy }]
  })
}

/** A failed check with the remedy that fits its cause. */
function faultOf(
  { name: check, fault, remedy }: Check,
  name: string,
  { snapshot }: StreamConfig,
): { readonly fault: Fault; readonly isWhole: boolean }[] {
  if (fault === undefined) return []
  if (check === 'target') {
    return [{ fault: { message: fault, ...(remedy !== undefined && { remedy }) }, isWhole: true }]
  }
  const files = `${snapshot} ${recordingFile(snapshot)}`
  const restore = `git checkout -- ${files}, or stream-snapshot update ${name}`
  const remedies: Readonly<Partial<Record<Check['name'], string>>> = {
    form: `stream-snapshot capture ${snapshot} --replay`,
    secrets: 'Do not push the files. Revoke what was found, and capture again.',
  }
  const message = fault.startsWith(snapshot) ? fault : `${snapshot}: ${check}: ${fault}`
  const isWhole = check !== 'schema' && check !== 'integrity'
  return [{ fault: { message, remedy: remedy ?? remedies[check] ?? restore }, isWhole }]
}

/** Builds of the snapshot and releases of the target that are not those of the workspace. */
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
    return [
      {
        message: `${file}: has builds, and ${workspace} has none for ${name}`,
        remedy: `Add "builds": ${value} to ${name} in ${workspace}.`,
      },
    ]
  }
  const releases = regeneration ? getReleases(regeneration.result.stream) : new Map()
  // A stale or newer target is a difference already.
  const isTargetOk = checks.every(({ name: check, fault }) => check !== 'target' || !fault)
  return Object.entries(builds).flatMap(([arch, wanted]) => {
    const own = snapshot.builds[arch]?.release
    const update = `stream-snapshot update --cloud none ${name} ${arch}=${wanted}`
    if (own !== wanted) {
      const found = own === undefined ? `no build for ${arch}` : `the build ${own} for ${arch}`
      return [{ message: `${file}: has ${found}, and ${workspace} ${wanted}`, remedy: update }]
    }
    const shown = releases.get(arch)
    return isTargetOk && shown !== wanted
      ? [
          {
            message: `${target}: ${arch} has ${shown ?? 'no release'}, and ${workspace} ${wanted}`,
            remedy: update,
          },
        ]
      : []
  })
}

/** What the snapshot was captured for, if the next update would capture it for something else. */
async function otherSettings(
  name: string,
  config: StreamConfig,
  snapshot: Snapshot,
  workspace: string,
  folder: Folder,
): Promise<Fault[]> {
  const captured = capturedClouds(snapshot)
  const { clouds = captured, criteria } = config
  const update = `stream-snapshot update ${name}`
  const settings = Object.entries(snapshot.stream).flatMap(([key, value]) => {
    // Without a cloud there is no OCP version to query.
    if (key === 'ocp' && captured.length === 0) return []
    const wanted = config[key as keyof typeof snapshot.stream]
    return wanted === undefined || wanted === value
      ? []
      : [`captured with ${key} ${value}, and ${workspace} has ${wanted}`]
  })
  const missing = clouds.filter(
    (cloud) => !captured.includes(cloud) && !isPending(snapshot, config, cloud),
  )
  const removed = captured.filter((cloud) => !clouds.includes(cloud))
  return [
    ...settings.map((what) => ({ message: `${config.snapshot}: ${what}`, remedy: update })),
    ...missing.map((cloud) => ({
      message: `${config.snapshot}: ${cloud} was not queried`,
      remedy: update,
    })),
    ...removed.map((cloud) => ({
      message: `${config.snapshot}: has ${cloud}, which is not in clouds of ${workspace}`,
      remedy: `stream-snapshot capture ${config.snapshot} --replay --drop ${cloud}, then stream-snapshot regenerate ${name} --allow-regression; or add ${cloud} to clouds`,
    })),
    ...(criteria !== undefined && (await hasOtherCriteria(criteria, snapshot, folder))
      ? [
          {
            message: `${config.snapshot}: captured with other criteria than ${criteria}`,
            remedy: update,
          },
        ]
      : []),
  ]
}

/** Whether a criteria file would query something else than the snapshot did. */
async function hasOtherCriteria(
  file: string,
  { criteria, queries }: Snapshot,
  folder: Folder,
): Promise<boolean> {
  const wanted: Readonly<Record<string, unknown>> = {
    ...readCriteria(await folder.read(file), file),
  }
  const captured = capturedClouds({ queries })
  const shared = ['schemaVersion', 'earlierMinors', 'rhel']
  const isOther = (key: string, own: unknown) => {
    const other = wanted[key]
    // A capture records the regions that it queried.
    const withRegions =
      key === 'aws' && typeof other === 'object' && !('regions' in (other ?? {}))
        ? { ...other, regions: (own as { readonly regions?: unknown } | undefined)?.regions }
        : other
    return canonicalJson(withRegions ?? null) !== canonicalJson(own ?? null)
  }
  return [...shared, ...captured].some((key) =>
    isOther(key, criteria[key as keyof typeof criteria]),
  )
}

/** Snapshots and recordings in the folders of the workspace's snapshots that no stream uses. */
async function findUnused({ file, streams }: OpenedWorkspace, folder: Folder): Promise<Fault[]> {
  const used = [...streams.values()].flatMap(({ snapshot }) => [snapshot, recordingFile(snapshot)])
  const unused: string[] = []
  for (const place of new Set(used.map((each) => dirname(each)))) {
    for (const name of folder.list(place, '.json')) {
      const path = join(place, name)
      if (!used.includes(path) && (await isOfCapture(path, folder))) unused.push(path)
    }
  }
  return unused.map((path) => ({
    message: `${path}: not used by any stream in ${file}`,
    remedy: `git rm ${path}, or name it as the snapshot of a stream in ${file}`,
  }))
}

/** The folder may have other files, if it is the root of the repository. */
async function isOfCapture(path: string, folder: Folder): Promise<boolean> {
  if (path.endsWith('.recording.json')) return true
  const text = await folder.readIfExists(path).catch(() => undefined)
  try {
    const { schemaVersion, recording } = JSON.parse(text ?? 'null') ?? {}
    return schemaVersion !== undefined && recording?.sha256 !== undefined
  } catch {
    return false
  }
}
