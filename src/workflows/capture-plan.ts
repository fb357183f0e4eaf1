import {
  impliedPlace,
  type NamedBuild,
  type WantedBuild,
  wantedAgain,
} from '../core/builds/locate.ts'
import {
  BUILD_SERVERS,
  BUILT_IN,
  type Criteria,
  inferDistro,
  readCriteria,
} from '../core/criteria/criteria.ts'
import { decideOcp, type OcpDecision, refuseOcp } from '../core/criteria/ocp-version.ts'
import type { Releases } from '../core/selection/selections.ts'
import {
  type Architecture,
  type CloudName,
  capturedClouds,
  DEFAULT_CLOUD,
  type Snapshot,
  type StreamIdentity,
} from '../core/snapshot/snapshot.ts'
import { isStreamName } from '../core/snapshot/values.ts'
import { imagesIn, MarketplaceFile } from '../core/stream/marketplace.ts'
import { getReleases, readStream } from '../core/stream/stream.ts'
import {
  compareMajorMinor,
  type MajorMinor,
  ocpVersions,
  printMajorMinor,
  type RhelTable,
  readMajorMinor,
} from '../core/versions/version.ts'
import { getSkus } from '../core/workspace/describe.ts'
import { type StreamConfig, settingName } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { currentBranch } from '../files/git/git.ts'
import { printable } from '../printable.ts'
import { findMarketplaceFile } from './workspace.ts'

export interface PlanOptions {
  /** `--ocp`, which takes precedence over a release. */
  readonly ocp?: string | undefined
  /** The builds to capture instead of those of the config. */
  readonly builds?: readonly NamedBuild[] | undefined
  /** Parts of the existing snapshot to remove: clouds, architectures, regions, `x86_64/aws/…`. */
  readonly drop?: readonly string[] | undefined
  /** Whether names in `drop` may be missing in this snapshot. */
  readonly dropsOfAnyStream?: boolean
  /**
   * Whether no cloud is queried, with a note, if the OCP version is unknown, and the default cloud is
   * queried if the existing snapshot has no clouds. Images that are not queried keep their OCP version.
   */
  readonly allowsBuildsOnly?: boolean
}

export interface CapturePlan {
  readonly stream: StreamIdentity
  readonly criteria: Criteria
  /** The OCP version of the stream; undefined if it is unknown, and then no cloud is queried. */
  readonly ocp: MajorMinor | undefined
  readonly clouds: readonly CloudName[]
  readonly builds: readonly WantedBuild[]
  readonly targetReleases: Releases
  readonly notes: readonly string[]
}

/** Selects the criteria of this package instead of a criteria file. */
const BUILT_IN_CRITERIA = 'built-in'

/**
 * Decides what to query: the builds and clouds of the options and the config, else those of the
 * existing snapshot.
 *
 * @throws InputError if the builds, the stream or the OCP version are missing
 */
export async function planCapture(
  config: StreamConfig,
  options: PlanOptions,
  before: Snapshot | undefined,
  folder: Folder,
): Promise<CapturePlan> {
  const source = await readSource(config, options, before, folder)
  const { releases = [], targetReleases = new Map(), skus = [] } = source
  const { drop = [] } = options
  const named = config.clouds ?? defaultClouds(source, options, before)
  const clouds = named.filter((cloud) => !drop.includes(cloud))
  // If only clouds are named, the builds of the existing snapshot are not queried.
  const isOfClouds = source.isRepeated && config.clouds !== undefined && clouds.length > 0
  const wanted = isOfClouds ? [] : (source.builds ?? [])
  const builds = wanted.filter(({ architecture }) => !drop.includes(architecture ?? ''))
  const criteria = await readCriteriaFor(config, folder, before)
  const given = readMajorMinor(options.ocp ?? '')
  if (given) refuseOcp(given, releases, criteria.rhel)
  const decision = decideOcp(
    {
      option: given,
      workspace: readMajorMinor(config.ocp ?? ''),
      releases,
      snapshot: readMajorMinor(source.ocp ?? ''),
      branch: currentBranch(folder),
      name: source.identity.name,
      skus,
    },
    criteria,
  )
  const { ocp } = decision
  if (clouds.length > 0 && ocp === undefined && !options.allowsBuildsOnly) {
    const command = config.origin ? `stream-snapshot update ${config.origin.name} ` : ''
    throw new InputError(
      `${config.target ?? config.snapshot}: ${decision.cause}`,
      `Specify the OCP version with ${command}--ocp X.Y, or query no cloud with --cloud none.`,
    )
  }
  const queried = ocp ? clouds : []
  return {
    stream: { ...source.identity, ocp: printedOcp(ocp, queried, before, drop) },
    criteria,
    ocp,
    clouds: queried,
    builds,
    targetReleases,
    notes: clouds.length === 0 ? [] : notesOnOcp(decision, given, criteria.rhel),
  }
}

function defaultClouds(
  { identity }: Source,
  { allowsBuildsOnly }: PlanOptions,
  before: Snapshot | undefined,
): readonly CloudName[] {
  const existing = before && capturedClouds(before)
  if (existing && (existing.length > 0 || !allowsBuildsOnly)) return existing
  return allowsBuildsOnly && identity.distro === 'fcos' ? [] : [DEFAULT_CLOUD]
}

/** Clouds that are not queried keep the OCP version that they were captured for. */
function printedOcp(
  ocp: MajorMinor | undefined,
  clouds: readonly CloudName[],
  before: Snapshot | undefined,
  drop: readonly string[],
): string | null {
  if (ocp && clouds.length > 0) return printMajorMinor(ocp)
  const isKept = before && capturedClouds(before).some((cloud) => !drop.includes(cloud))
  return isKept ? before.stream.ocp : null
}

function notesOnOcp(
  { ocp, cause, isGuess, evidence, conflicts }: OcpDecision,
  given: MajorMinor | undefined,
  table: RhelTable,
): string[] {
  if (ocp === undefined) return [`marketplace images unchanged: ${cause}; add --ocp X.Y`]
  return [
    ...(given ? notesOnOption(given, table) : []),
    ...(isGuess ? [`OCP ${printMajorMinor(ocp)} is a guess from ${evidence}`] : []),
    ...conflicts,
  ]
}

function notesOnOption(given: MajorMinor, table: RhelTable): string[] {
  const known = ocpVersions(table)
  if (known.some((each) => compareMajorMinor(each, given) === 0)) return []
  const last = known.at(-1)
  const latest = last ? `, later than ${printMajorMinor(last)}` : ''
  return [`--ocp ${printMajorMinor(given)}: not in the criteria${latest}`]
}

/** What is known about the stream before any query. */
interface Source {
  readonly identity: Omit<StreamIdentity, 'ocp'>
  readonly isRepeated?: true
  readonly builds?: readonly WantedBuild[]
  readonly releases?: readonly string[]
  readonly targetReleases?: Releases
  readonly skus?: readonly string[]
  /** The OCP version of the existing snapshot, if it has the same stream name. */
  readonly ocp?: string | null
}

/** From builds, else the target, else the existing snapshot, else the OCP version alone. */
async function readSource(
  config: StreamConfig,
  options: PlanOptions,
  before: Snapshot | undefined,
  folder: Folder,
): Promise<Source> {
  const { target } = config
  const named = Object.entries(config.builds ?? {}) as [Architecture, string][]
  const builds: readonly NamedBuild[] =
    options.builds ?? named.map(([architecture, release]) => ({ architecture, release }))
  if (builds.length === 0 && target === undefined) {
    if (before !== undefined) return snapshotSource(config, before)
    if (options.ocp === undefined) {
      throw new InputError(
        `${config.snapshot}: no such file, and nothing to capture is specified`,
        'Specify builds as ARCH=VERSION, a stream file with --stream FILE, or an OCP version with --ocp X.Y.',
      )
    }
    return { identity: identify(config, { name: `rhcos-${options.ocp}` }) }
  }
  const skus = await targetSkus(config, folder)
  if (builds.length > 0) {
    // Without a name, the builds belong to the stream of the existing snapshot.
    const place = impliedPlace(builds, config)
    const given = config.name ?? place?.name
    const known = given === undefined ? before?.stream : undefined
    const name = given ?? known?.name
    if (name === undefined) throw missingName(config)
    return {
      identity: identify(config, { ...known, ...place, name }),
      builds: builds.map(({ place: _, ...build }) => build),
      releases: builds.flatMap(({ release }) => release ?? []),
      targetReleases: await releasesIn(target, folder),
      skus,
      ...(before?.stream.name === name && { ocp: before.stream.ocp }),
    }
  }
  const file = target ?? ''
  const stream = readStream(await folder.read(file), file)
  const name = config.name ?? stream.name
  const targetReleases = getReleases(stream)
  const known = before?.stream.name === name ? before : undefined
  // The location of kept builds is unchanged.
  const hasBuilds = known !== undefined && Object.keys(known.builds).length > 0
  return {
    identity: identify(config, { ...(hasBuilds && known.stream), name }),
    releases: [...targetReleases.values()],
    targetReleases,
    skus,
    ...(known && { ocp: known.stream.ocp }),
  }
}

export function missingName(config: Partial<StreamConfig>): InputError {
  return new InputError(
    'missing stream name, the folder of the builds on the build server',
    `Set ${settingName(config, 'name')} to a name such as 4.18-9.4.`,
  )
}

export async function releasesIn(target: string | undefined, folder: Folder): Promise<Releases> {
  const text = target === undefined ? undefined : await folder.readIfExists(target)
  return target === undefined || text === undefined
    ? new Map()
    : getReleases(readStream(text, target))
}

/** The SKUs in the marketplace file of a stream, else in the target. */
async function targetSkus(config: StreamConfig, folder: Folder): Promise<string[]> {
  const { target } = config
  const marketplaceFile = target && findMarketplaceFile(folder, target, config)
  const file = marketplaceFile ?? target
  const text = file === undefined ? undefined : await folder.readIfExists(file)
  if (file === undefined || text === undefined) return []
  const holder = marketplaceFile ? MarketplaceFile.read(text, file) : readStream(text, file)
  return getSkus(imagesIn(holder))
}

function snapshotSource(config: StreamConfig, { stream, builds }: Snapshot): Source {
  const isMoved = config.name !== undefined || config.url !== undefined
  return {
    isRepeated: true,
    identity: identify(config, stream),
    builds: wantedAgain(builds).map(({ location, ...build }) =>
      isMoved ? build : { ...build, location },
    ),
    releases: Object.values(builds).map(({ release }) => release),
    ocp: stream.ocp,
  }
}

/** The config takes precedence over the known values, and these over the defaults. */
function identify(
  config: StreamConfig,
  known: Partial<StreamIdentity> & Pick<StreamIdentity, 'name'>,
): Omit<StreamIdentity, 'ocp'> {
  const distro = config.distro ?? known.distro ?? inferDistro(config.url ?? known.url)
  const name = config.name ?? known.name
  if (!isStreamName(name)) {
    throw new InputError(
      `stream name: expected a name such as 4.18-9.4, found ${printable(name)}`,
      `Set ${settingName(config, 'name')} to the stream name.`,
    )
  }
  return {
    name,
    distro,
    url: config.url ?? known.url ?? BUILD_SERVERS[distro],
    signatures: config.signatures ?? known.signatures ?? true,
  }
}

/** The named criteria, else those of the existing snapshot, with built-in criteria for other clouds. */
export async function readCriteriaFor(
  { criteria }: Pick<StreamConfig, 'criteria'>,
  folder: Folder,
  before?: Snapshot,
): Promise<Criteria> {
  if (criteria === BUILT_IN_CRITERIA) return BUILT_IN
  const own =
    criteria === undefined
      ? { ...BUILT_IN, ...before?.criteria }
      : readCriteria(await folder.read(criteria), criteria)
  const { selectedFor: _, selectedAt: __, ...wanted } = own
  return wanted
}
