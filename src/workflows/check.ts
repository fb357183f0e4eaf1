import { dirname, join } from 'node:path'
import type { Check } from '../capture/verify.ts'
import { isSnapshotText } from '../core/history/state.ts'
import { recordingFile } from '../core/snapshot/read.ts'
import { readStream } from '../core/stream/stream.ts'
import { hasNothing, type StreamConfig, targetFiles } from '../core/workspace/workspace.ts'
import { LaterVersionError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { LockContext } from './locks.ts'
import { missingFileRemedy, withFileRemedy } from './remedies.ts'
import { type Fault, otherSettings } from './settings.ts'
import { isWhole, type Verification, verifyStream } from './verify.ts'
import { namedStreams, type OpenedWorkspace, openWorkspace } from './workspace.ts'

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
  opened: OpenedWorkspace,
  folder: Folder,
): Promise<CheckedStream> {
  const { snapshot, target } = config
  const isEmpty = hasNothing(config) && !folder.exists(snapshot)
  const files = [...(isEmpty ? [] : [snapshot]), ...targetFiles(config)]
  const missing = await Promise.all(
    files
      .filter((file) => !folder.exists(file))
      .map(async (file) => ({
        message: `${file}: no such file`,
        remedy: await missingFileRemedy(file, opened, folder),
      })),
  )
  if (missing.length > 0) {
    // The first capture also writes the other files.
    const remedies = missing.map(({ remedy }) => remedy)
    const isNew = (at: number) => folder.exists(snapshot) || remedies.indexOf(remedies[at]) === at
    return { name, config, faults: missing.filter((_, at) => isNew(at)) }
  }
  try {
    if (isEmpty) {
      if (target) readStream(await folder.read(target), target)
      return { name, config, faults: [] }
    }
    const command = `stream-snapshot regenerate ${name}`
    const verification = await verifyStream(config, { folder }, command)
    const { checks } = verification
    const captured = verification.snapshot?.builds ?? {}
    const isOutdated = Object.entries(config.builds ?? {}).some(
      ([arch, wanted]) => captured[arch] && captured[arch].release !== wanted,
    )
    const faults = checks.flatMap((check) => toFaults(check, snapshot, isOutdated))
    if (verification.snapshot && isWhole(checks)) {
      const named = { name, config, file: opened.file, folder }
      const others = await otherSettings(named, verification.snapshot)
      // A file that cannot be read is reported once.
      faults.push(
        ...others.filter((each) => faults.every(({ message }) => message !== each.message)),
      )
    }
    return { name, config, faults, verification }
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof LaterVersionError) throw error
    const { message, remedy } = await withFileRemedy(error, folder)
    return { name, config, faults: [{ message, remedy }] }
  }
}

function toFaults({ name, fault, remedy }: Check, file: string, isOutdated: boolean): Fault[] {
  if (fault === undefined) return []
  // An outdated snapshot has its own remedy, which writes the target too.
  if (name === 'target') return [{ message: fault, ...(!isOutdated && { remedy }) }]
  return [{ message: fault.startsWith(file) ? fault : `${file}: ${name}: ${fault}`, remedy }]
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
    remedy: path.endsWith('.recording.json')
      ? `Delete ${path}.`
      : `Delete ${path}, or set it as the snapshot of a stream in ${file}.`,
  }))
}
