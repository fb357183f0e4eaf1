import { measureSkew, type SlotSkew } from '../core/audit/skew.ts'
import { hasOcpVersion, refuseOcp } from '../core/criteria/ocp-version.ts'
import { type FileText, isSnapshotText, readState } from '../core/history/state.ts'
import { refuseOtherRelease } from '../core/regenerate/refusals.ts'
import type { Requirement } from '../core/selection/select.ts'
import { readSnapshot } from '../core/snapshot/read.ts'
import {
  type CloudName,
  capturedClouds,
  DEFAULT_CLOUD,
  type Snapshot,
} from '../core/snapshot/snapshot.ts'
import { getReleases, isStream, readStream } from '../core/stream/stream.ts'
import { readMajorMinor } from '../core/versions/version.ts'
import { InputError } from '../errors.ts'
import { type Folder, STDIN } from '../files/folder.ts'
import { readCriteriaFor } from './capture-plan.ts'
import {
  findOwner,
  marketplaceFilesFor,
  type OpenedWorkspace,
  type Owner,
  streamFilesFor,
} from './workspace.ts'

export interface SkewRequest {
  readonly source: string
  /** The stream of a snapshot or a marketplace file; default: that of the workspace. */
  readonly target?: string | undefined
  readonly cloud?: CloudName | undefined
  /** Default: that of the workspace, else `any`. */
  readonly require?: Requirement | undefined
  readonly ocp?: string | undefined
  /** The workspace, if it is open. */
  readonly workspace?: OpenedWorkspace | undefined
}

export interface Skew {
  readonly slots: readonly SlotSkew[]
  /** Clouds of the workspace that the snapshot was not captured from. */
  readonly unqueried: readonly CloudName[]
}

/**
 * The lag of the images of a snapshot or a stream behind their builds.
 *
 * @throws InputError for a cloud without images or queries, and if no release is known
 */
export async function findSkew(folder: Folder, request: SkewRequest): Promise<Skew> {
  const { source, cloud } = request
  const owner = await findOwner(folder, source, request.workspace)
  const { target = source } = owner?.config ?? {}
  const file = folder.exists(source) ? source : target
  const text = await folder.read(file)
  if (/(^|[{,])[ \t]*"?kind"?: *"?ConfigMap/m.test(text)) {
    throw new InputError(
      `${file}: a ConfigMap, expected a stream file or a snapshot`,
      `Use one of its streams: yq -r .data.stream ${file} | stream-snapshot skew -`,
    )
  }
  const own = { ...request, require: request.require ?? owner?.config.require }
  const { slots, unqueried } = isSnapshotText(text)
    ? await snapshotSkew(folder, text, own, owner)
    : { slots: await streamSkew(folder, file, text, own, owner), unqueried: [] }
  if (cloud === undefined) return { slots, unqueried }
  return { slots: slots.filter(({ slot }) => slot.cloud === cloud), unqueried: [] }
}

async function snapshotSkew(
  folder: Folder,
  text: string,
  request: SkewRequest,
  owner: Owner | undefined,
): Promise<Skew> {
  const { source, cloud, require, ocp, target = owner?.config.target } = request
  const snapshot = readSnapshot(text, source)
  // Without queries, the images are only in the stream.
  const queried = capturedClouds(snapshot)
  if (queried.length === 0 && owner && target !== undefined) {
    const slots = await streamSkew(folder, target, await folder.read(target), request, owner)
    return { slots, unqueried: [] }
  }
  refuseUnqueried(snapshot, source, cloud, owner)
  refuseOther(ocp, source, snapshot.stream.ocp)
  const releases =
    target === undefined ? new Map() : getReleases(readStream(await folder.read(target), target))
  if (releases.size === 0 && Object.keys(snapshot.builds).length === 0) {
    throw new InputError(
      `${source}: no builds in this snapshot`,
      'Specify the stream with --target.',
    )
  }
  if (releases.size > 0) refuseOtherRelease(snapshot, releases, target)
  const slots = measureSkew(snapshot, releases, require)
  const unqueried = (owner?.config.clouds ?? []).filter((each) => !queried.includes(each))
  if (slots.length > 0) return { slots, unqueried }
  throw new InputError(
    `${source}: the criteria have no slot for ${target ?? 'its builds'}`,
    'Capture the snapshot again with other criteria.',
  )
}

async function streamSkew(
  folder: Folder,
  file: string,
  text: string,
  request: SkewRequest,
  owner: Owner | undefined,
): Promise<SlotSkew[]> {
  const { cloud, require, ocp } = request
  const { config } = owner ?? {}
  const isWhole = isStream(text)
  const other = isWhole
    ? await findFile(folder, config?.marketplaceFile, marketplaceFilesFor(file))
    : await findFile(folder, request.target ?? config?.target, streamFilesFor(file))
  const given = readMajorMinor(ocp ?? '')
  const version = given ?? readMajorMinor(config?.ocp ?? '')
  const criteria = await readCriteriaFor(config ?? {}, folder)
  const state = readState({
    main: { path: file, read: () => text },
    ...(isWhole
      ? other && { marketplaceFile: other }
      : { target: other && readStream(other.read(), other.path) }),
    ...(version && { ocp: version }),
    criteria,
    require,
  })
  const releases = Object.values(state.releases)
  if (releases.length === 0) {
    throw new InputError(`${file}: no releases in this file`, 'Specify the stream with --target.')
  }
  if (given) refuseOcp(given, releases, criteria.rhel)
  refuseOther(ocp, file, state.ocp)
  const images = state.slots.filter(({ release }) => release !== undefined)
  const skews = images.length > 0 ? [...images, ...(state.vacant ?? [])] : []
  if (skews.some(({ slot }) => cloud === undefined || slot.cloud === cloud)) return skews
  const isSupported = hasOcpVersion(releases, criteria.rhel)
  const options = [
    ...(cloud === undefined ? [] : [` --cloud ${cloud}`]),
    ...(state.ocp === undefined ? [' --ocp X.Y'] : []),
  ].join('')
  throw new InputError(
    `${file}: no images${cloud === undefined ? '' : ` of ${cloud}`}`,
    !isSupported || !isWhole || file === STDIN
      ? 'Use a file with marketplace images.'
      : owner?.config.clouds?.includes(cloud ?? DEFAULT_CLOUD)
        ? `Run stream-snapshot update ${owner.name}.`
        : `Query them: stream-snapshot capture snapshot.json --stream ${file}${options}, then stream-snapshot skew snapshot.json --target ${file}`,
  )
}

function refuseOther(option: string | undefined, file: string, ocp: string | null = null) {
  if (option === undefined || option === ocp) return
  throw new InputError(
    `--ocp ${option}: the OCP version of ${file} is ${ocp ?? 'unknown'}`,
    'Remove --ocp.',
  )
}

/** The named file, else the first candidate that exists. */
async function findFile(
  folder: Folder,
  named: string | undefined,
  candidates: readonly string[],
): Promise<FileText | undefined> {
  const path = named ?? candidates.find((each) => folder.exists(each))
  const text = path && (await folder.readIfExists(path))
  return path && text !== undefined ? { path, read: () => text } : undefined
}

/** @throws InputError for a cloud that was not queried */
export async function readQueried(
  folder: Folder,
  file: string,
  cloud: CloudName | undefined,
  opened: OpenedWorkspace | undefined,
): Promise<Snapshot> {
  const snapshot = readSnapshot(await folder.read(file), file)
  refuseUnqueried(snapshot, file, cloud, await findOwner(folder, file, opened))
  return snapshot
}

function refuseUnqueried(
  snapshot: Snapshot,
  file: string,
  cloud: CloudName | undefined,
  owner: Owner | undefined,
): void {
  const queried = capturedClouds(snapshot)
  if (cloud === undefined ? queried.length > 0 : queried.includes(cloud)) return
  const clouds = owner?.config.clouds ?? []
  const missing = cloud ?? clouds[0] ?? DEFAULT_CLOUD
  const update = `run stream-snapshot update ${owner?.name}.`
  throw new InputError(
    `${file}: ${cloud === undefined ? 'no cloud was queried' : `${cloud} was not queried`}`,
    owner === undefined
      ? `Query ${missing}: stream-snapshot capture ${file} --cloud ${missing}`
      : clouds.includes(missing)
        ? `Query ${missing}: ${update}`
        : `Add ${missing} to clouds in ${owner.file}, then ${update}`,
  )
}
