import { groupBy } from '../core/group.ts'
import {
  capturedClouds,
  cloudParts,
  type Snapshot,
  type StreamIdentity,
} from '../core/snapshot/snapshot.ts'
import { printMajorMinor } from '../core/versions/version.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { CheckFailure, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { type CapturePlan, planCapture } from './capture-plan.ts'
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
 */
export async function otherSettings(named: NamedStream, snapshot: Snapshot): Promise<Fault[]> {
  try {
    const plan = await planAgain(named, snapshot)
    return [
      ...otherReleases(named, snapshot),
      ...otherIdentity(named, snapshot, plan),
      ...unusedOcp(named, plan),
      ...otherClouds(named, snapshot),
      ...otherCriteria(named, snapshot, plan),
    ]
  } catch (error) {
    // For example criteria that are invalid: an update would fail, too.
    if (!(error instanceof UserError)) throw error
    return [await withFileRemedy(error, named.folder)]
  }
}

/** @throws CheckFailure if the snapshot was captured for another OCP version than the workspace has */
export async function refuseOtherOcp(named: NamedStream, snapshot: Snapshot): Promise<void> {
  const [other] = otherIdentity(named, snapshot, await planAgain(named, snapshot), ['ocp'])
  if (other !== undefined) throw new CheckFailure(other.message, other.remedy)
}

/** What the next update would capture. */
function planAgain({ config, folder }: NamedStream, snapshot: Snapshot): Promise<CapturePlan> {
  return planCapture(config, { allowsBuildsOnly: true }, snapshot, folder)
}

/**
 * The members of a snapshot's `stream` that an update would change.
 *
 * @param keys of the members to compare
 */
function otherIdentity(
  { name, config, file }: NamedStream,
  snapshot: Snapshot,
  { stream: planned }: CapturePlan,
  keys = Object.keys(snapshot.stream) as (keyof StreamIdentity)[],
): Fault[] {
  const { selectedFor = {} } = snapshot.criteria
  const parts = capturedClouds(snapshot).flatMap((cloud) => cloudParts(snapshot, cloud))
  // Images that were not queried for the builds keep their OCP version.
  const hasOcp = parts.some((part) => !Object.hasOwn(selectedFor, part))
  return keys.flatMap((key) => {
    const [value, wanted] = [snapshot.stream[key], planned[key]]
    if (value === wanted || (key === 'ocp' && !hasOcp)) return []
    const isSet = config[key] === wanted
    const source = isSet ? `${file} has ${wanted}` : `an update uses ${wanted}`
    // Releases take precedence over the OCP version of the workspace.
    const canSet = key !== 'ocp' || isSet
    const setting = canSet ? `, or set ${key} of ${name} to ${value} in ${file}` : ''
    return {
      message: `${config.snapshot}: captured with ${key} ${value}, and ${source}`,
      remedy: `Run stream-snapshot update ${name}${setting}.`,
    }
  })
}

/** An OCP version of the workspace that is not used, as the releases have another one. */
function unusedOcp({ name, config, file }: NamedStream, { ocp }: CapturePlan): Fault[] {
  const used = ocp && printMajorMinor(ocp)
  if (config.ocp === undefined || used === undefined || used === config.ocp) return []
  const message = `${file}: ocp of ${name} is ${config.ocp}, and its releases are for OCP ${used}`
  return [{ message, remedy: `Set ocp of ${name} to ${used} in ${file}, or remove ocp.` }]
}

/** Builds of the snapshot that differ from the workspace. */
function otherReleases(
  { name, config, file: workspace }: NamedStream,
  snapshot: Snapshot,
): Fault[] {
  const { snapshot: file, builds } = config
  const captured = Object.entries(snapshot.builds).map(([arch, { release }]) => [arch, release])
  if (builds === undefined) {
    if (captured.length === 0) return []
    const value = JSON.stringify(Object.fromEntries(captured))
    const message = `${file}: has builds, and ${workspace} has none for ${name}`
    return [{ message, remedy: `Add "builds": ${value} to ${name} in ${workspace}.` }]
  }
  const update = `Run stream-snapshot update --cloud none ${name}`
  // Architectures that differ alike are one fault.
  const groups = groupBy(Object.entries(builds), ([arch, wanted]) =>
    [snapshot.builds[arch]?.release, wanted].join(' '),
  )
  const others = captured.flatMap(([arch = '', release]): Fault[] => {
    if (arch in builds) return []
    const message = `${file}: has the build ${release} for ${arch}, and ${workspace} has none`
    const drop = `remove it with stream-snapshot update ${name} --drop ${arch} --allow-regression`
    const add = `Add "${arch}": "${release}" to builds of ${name} in ${workspace}`
    return [{ message, remedy: `${add}, or ${drop}` }]
  })
  const different = [...groups.values()].flatMap((group): Fault[] => {
    const [[first = '', wanted = ''] = []] = group
    const own = snapshot.builds[first]?.release
    const arch = group.map(([each]) => each).join(', ')
    if (own === undefined) {
      const message = `${file}: has no build for ${arch}, and ${workspace} has ${wanted}`
      return [
        { message, remedy: `${update}, or remove ${arch} from builds of ${name} in ${workspace}.` },
      ]
    }
    if (own === wanted) return []
    const message = `${file}: has the build ${own} for ${arch}, and ${workspace} has ${wanted}`
    return [{ message, remedy: `${update}.` }]
  })
  return [...different, ...others]
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
  cloud: string,
): boolean {
  return capturedClouds(snapshot).length === 0 && clouds.some((each) => each === cloud)
}

function otherCriteria(
  { name, config: { snapshot: own, criteria } }: NamedStream,
  snapshot: Snapshot,
  plan: CapturePlan,
): Fault[] {
  if (criteria === undefined || hasCriteria(plan.criteria, snapshot, allParts(snapshot))) return []
  const message = `${own}: captured with criteria other than ${criteria}`
  return [{ message, remedy: `Run stream-snapshot update ${name}.` }]
}
