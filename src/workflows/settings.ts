import { readCriteria } from '../core/criteria/criteria.ts'
import { groupBy } from '../core/group.ts'
import {
  type CloudName,
  capturedClouds,
  cloudParts,
  type Snapshot,
  type StreamIdentity,
} from '../core/snapshot/snapshot.ts'
import { getReleases, type Stream } from '../core/stream/stream.ts'
import { printMajorMinor } from '../core/versions/version.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { planCapture } from './capture-plan.ts'
import { allParts, hasCriteria } from './keep.ts'
import { withFileRemedy } from './remedies.ts'

export interface Fault {
  readonly message: string
  readonly remedy?: string | undefined
}

export interface NamedStream {
  readonly name: string
  readonly config: StreamConfig
  /** The workspace file. */
  readonly file: string
  readonly folder: Folder
}

/**
 * What differs between a snapshot and the settings of its stream in the workspace, so that an update
 * would change the snapshot.
 *
 * @param stream the generated stream; undefined if the target has a fault already
 */
export async function otherSettings(
  named: NamedStream,
  snapshot: Snapshot,
  stream: Stream | undefined,
): Promise<Fault[]> {
  try {
    return [
      ...otherReleases(named, snapshot, stream),
      ...(await otherIdentity(named, snapshot)),
      ...(await unusedOcp(named, snapshot)),
      ...otherClouds(named, snapshot),
      ...(await otherCriteria(named, snapshot)),
    ]
  } catch (error) {
    // For example criteria that are invalid: an update would fail, too.
    if (!(error instanceof UserError)) throw error
    return [await withFileRemedy(error, named.folder)]
  }
}

/**
 * The members of a snapshot's `stream` that an update would change.
 *
 * @param keys of the members to compare
 */
export async function otherIdentity(
  { name, config, file, folder }: NamedStream,
  snapshot: Snapshot,
  keys = Object.keys(snapshot.stream) as (keyof StreamIdentity)[],
): Promise<Fault[]> {
  const plan = async (settings: StreamConfig) =>
    (await planCapture(settings, { allowsBuildsOnly: true }, snapshot, folder)).stream
  const planned = await plan(config)
  const { selectedFor = {} } = snapshot.criteria
  const parts = capturedClouds(snapshot).flatMap((cloud) => cloudParts(snapshot, cloud))
  const faults: Fault[] = []
  for (const key of keys) {
    const [value, wanted] = [snapshot.stream[key], planned[key]]
    // Images that were not queried for the builds keep their OCP version.
    const isQueried = key !== 'ocp' || parts.some((part) => !Object.hasOwn(selectedFor, part))
    if (value === wanted || !isQueried) continue
    const source = config[key] === wanted ? `${file} has ${wanted}` : `an update uses ${wanted}`
    const isEnough = (await plan({ ...config, [key]: value }))[key] === value
    const setting = isEnough ? `, or set ${key} of ${name} to ${value} in ${file}` : ''
    faults.push({
      message: `${config.snapshot}: captured with ${key} ${value}, and ${source}`,
      remedy: `Run stream-snapshot update ${name}${setting}.`,
    })
  }
  return faults
}

/** An OCP version of the workspace that is not used, as the releases have another one. */
async function unusedOcp(
  { name, config, file, folder }: NamedStream,
  snapshot: Snapshot,
): Promise<Fault[]> {
  if (config.ocp === undefined) return []
  const { ocp } = await planCapture(config, { allowsBuildsOnly: true }, snapshot, folder)
  const used = ocp && printMajorMinor(ocp)
  if (used === undefined || used === config.ocp) return []
  const message = `${file}: ocp of ${name} is ${config.ocp}, and its releases are for OCP ${used}`
  return [{ message, remedy: `Set ocp of ${name} to ${used} in ${file}, or remove ocp.` }]
}

/** Builds of the snapshot and releases of the stream that differ from the workspace. */
function otherReleases(
  { name, config, file: workspace }: NamedStream,
  snapshot: Snapshot,
  stream: Stream | undefined,
): Fault[] {
  const { snapshot: file, target, builds } = config
  const captured = Object.entries(snapshot.builds).map(([arch, { release }]) => [arch, release])
  if (builds === undefined) {
    if (captured.length === 0) return []
    const value = JSON.stringify(Object.fromEntries(captured))
    const message = `${file}: has builds, and ${workspace} has none for ${name}`
    return [{ message, remedy: `Add "builds": ${value} to ${name} in ${workspace}.` }]
  }
  const releases = stream && getReleases(stream)
  const update = `Run stream-snapshot update --cloud none ${name}`
  // Architectures that differ alike are one fault.
  const groups = groupBy(Object.entries(builds), ([arch, wanted]) =>
    [snapshot.builds[arch]?.release, releases?.get(arch), wanted].join(' '),
  )
  return [...groups.values()].flatMap((group) => {
    const [[first = '', wanted = ''] = []] = group
    const own = snapshot.builds[first]?.release
    const arch = group.map(([each]) => each).join(', ')
    if (own === undefined) {
      const message = `${file}: has no build for ${arch}, and ${workspace} has ${wanted}`
      return [
        { message, remedy: `${update}, or remove ${arch} from builds of ${name} in ${workspace}.` },
      ]
    }
    if (own !== wanted) {
      const message = `${file}: has the build ${own} for ${arch}, and ${workspace} has ${wanted}`
      return [{ message, remedy: `${update}.` }]
    }
    const shown = releases?.get(first) ?? 'no release'
    if (releases === undefined || shown === wanted) return []
    const message = `${target}: has ${shown} for ${arch}, and ${workspace} has ${wanted}`
    return [{ message, remedy: `${update}.` }]
  })
}

function otherClouds({ name, config, file }: NamedStream, snapshot: Snapshot): Fault[] {
  const captured = capturedClouds(snapshot)
  const { clouds = captured, layouts, snapshot: own } = config
  const missing = clouds.filter(
    (cloud) => !captured.includes(cloud) && !isPending(snapshot, config, cloud),
  )
  const others = captured.filter((cloud) => !clouds.includes(cloud))
  const isWithoutImages = layouts?.length === 0
  const cause = isWithoutImages
    ? `and layouts of ${name} in ${file} is none`
    : `which is not in clouds of ${file}`
  return [
    ...missing.map((cloud) => ({
      message: `${own}: ${cloud} was not queried`,
      remedy: `Run stream-snapshot update ${name}, or remove ${cloud} from clouds in ${file}.`,
    })),
    ...others.map((cloud) => {
      const drop = `Run stream-snapshot capture ${own} --replay --drop ${cloud}, then stream-snapshot regenerate ${name} --allow-regression`
      const other = isWithoutImages ? '' : `; or add ${cloud} to clouds`
      return { message: `${own}: has ${cloud}, ${cause}`, remedy: `${drop}${other}.` }
    }),
  ]
}

/** Whether a cloud is still to be queried: an update of builds alone queries no cloud. */
export function isPending(
  snapshot: Snapshot,
  { clouds = [] }: StreamConfig,
  cloud: CloudName,
): boolean {
  return capturedClouds(snapshot).length === 0 && clouds.includes(cloud)
}

async function otherCriteria(
  { name, config: { snapshot: own, criteria }, folder }: NamedStream,
  snapshot: Snapshot,
): Promise<Fault[]> {
  if (criteria === undefined) return []
  const wanted = readCriteria(await folder.read(criteria), criteria)
  if (hasCriteria(wanted, snapshot, allParts(snapshot))) return []
  const message = `${own}: captured with criteria other than ${criteria}`
  return [{ message, remedy: `Run stream-snapshot update ${name}.` }]
}
