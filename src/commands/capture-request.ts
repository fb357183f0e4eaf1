import type { OcpDecision } from '../core/criteria/ocp-version.ts'
import { hasParts, otherParts, partOf } from '../core/snapshot/parts.ts'
import { isStreamName } from '../core/snapshot/values.ts'
import { imagesIn } from '../core/stream/marketplace.ts'
import { compareMajorMinor } from '../core/versions/major-minor.ts'
import { ocpVersions, type RhelTable } from '../core/versions/rhel.ts'
import { readRelease } from '../core/versions/version.ts'
import { skusOf } from '../core/workspace/describe.ts'
import { CheckFailure, InputError, ServiceError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { currentBranch } from '../files/git/branch.ts'
import {
  type Access,
  BUILD_SERVERS,
  BUILT_IN,
  type CaptureRequest,
  type CloudName,
  type Criteria,
  canonicalJson,
  capturedClouds,
  DEFAULT_CLOUD,
  decideOcp,
  inferDistro,
  type MajorMinor,
  printMajorMinor,
  readCriteria,
  readMajorMinor,
  readStream,
  type Snapshot,
  type StreamIdentity,
  type StreamPlace,
  type WantedBuild,
  wantedAgain,
} from '../index.ts'
import type { Io } from '../io.ts'
import { printable } from '../printable.ts'
import { placeOf, readBuilds, wantedBuilds } from './builds.ts'
import type { CaptureArgs } from './capture-options.ts'
import { cloudCriteria, cloudSettings } from './clouds.ts'

/** Where the releases come from, and what is known of them before anybody is asked. */
export interface Source {
  /** The snapshot that is there already is asked for again. */
  readonly isRepeated: boolean
  readonly identity: Omit<StreamIdentity, 'ocp'>
  readonly builds: readonly WantedBuild[]
  /** As far as they are known. */
  readonly releases: readonly string[]
  /** Of the images that the stream has. */
  readonly skus?: readonly string[]
  /** What the snapshot that is there was captured for, if it is the same stream. */
  readonly ocp?: string | null
}

/** What to ask, and what of the snapshot that is there nobody asks for. */
export interface Asked {
  readonly request: CaptureRequest
  /** The parts that stay as they are; undefined where there are none. */
  readonly kept: Snapshot | undefined
  /** The parts that are taken out on request; undefined where there are none. */
  readonly dropped: Snapshot | undefined
  /** What a person should know of it. */
  readonly notes: readonly string[]
}

/**
 * What to ask: what the command line says, else what the snapshot that is there asked. A capture
 * that names clouds asks these, one that names builds asks these and the snapshot's clouds, and what
 * is not asked for stays.
 *
 * @throws InputError where they do not tell enough
 * @throws CheckFailure where what would stay was captured for something else
 */
export async function requestFor(
  args: CaptureArgs,
  snapshot: Snapshot | undefined,
  isReplayed: boolean,
  { env, folder }: Pick<Io, 'env' | 'folder'>,
  { isTolerant = false }: { readonly isTolerant?: boolean } = {},
): Promise<Asked> {
  const source = await sourceFor(args, snapshot, folder)
  const clouds = args.cloud ?? (snapshot ? capturedClouds(snapshot) : [DEFAULT_CLOUD])
  const { drop = [] } = args
  const named = clouds
    .filter((cloud) => cloud !== 'none')
    .filter((cloud) => args.cloud !== undefined || !drop.includes(cloud))
  const isOfClouds =
    args.cloud !== undefined && named.length > 0 && source.isRepeated && snapshot !== undefined
  const builds = isOfClouds
    ? []
    : source.builds.filter(
        ({ architecture }) => !source.isRepeated || !drop.includes(architecture ?? ''),
      )
  const others =
    snapshot &&
    otherParts(snapshot, {
      clouds: named,
      architectures: builds.flatMap(({ architecture }) => architecture ?? []),
    })
  const isDropped = (name: string) => drop.includes(name)
  const kept = others && {
    clouds: others.clouds.filter((cloud) => !isDropped(cloud)),
    // A build whose URL alone is known may be any of them; with --stream there are to be none.
    architectures:
      args.stream !== undefined || builds.some(({ architecture }) => architecture === undefined)
        ? []
        : others.architectures.filter((arch) => !isDropped(arch)),
  }
  const part = snapshot && kept && hasParts(kept) ? partOf(snapshot, kept) : undefined
  const gone = others && {
    clouds: others.clouds.filter(isDropped),
    architectures: others.architectures.filter(isDropped),
  }
  const own = isReplayed || kept?.clouds.length ? snapshot : undefined
  const criteria = await criteriaFor(args, own, folder)
  const branch = currentBranch(folder)
  const { ocp, notes } = ocpFor(args, source, criteria, branch, named.length > 0, isTolerant)
  const asked = ocp === undefined ? [] : named
  const stream = {
    ...source.identity,
    ocp:
      asked.length > 0 && ocp
        ? printMajorMinor(ocp)
        : kept?.clouds.length
          ? (snapshot?.stream.ocp ?? null)
          : null,
  }
  const resolved = cloudCriteria(criteria, asked, args, env)
  if (part) refuseForeign(args, part, { stream, ocp, criteria })
  return {
    request: {
      stream,
      criteria: resolved,
      ocp,
      clouds: await accessTo(asked, args, isReplayed, env),
      builds,
      timeout: args.timeout * 1000,
      patience: args.patience * 1000,
      concurrency: args.concurrency,
    },
    kept: part,
    dropped: snapshot && gone && hasParts(gone) ? partOf(snapshot, gone) : undefined,
    notes,
  }
}

/** What stays has to be of the same stream as what is asked, or the snapshot would be of two. */
function refuseForeign(
  args: CaptureArgs,
  part: Snapshot,
  asked: {
    readonly stream: StreamIdentity
    readonly ocp: MajorMinor | undefined
    readonly criteria: Criteria
  },
): void {
  const clouds = capturedClouds(part)
  const architectures = Object.keys(part.builds)
  const told = architectures.filter((arch) => {
    const own = readRelease(part.builds[arch]?.release ?? '')?.ocp
    return own !== undefined && asked.ocp !== undefined && compareMajorMinor(own, asked.ocp) !== 0
  })
  const wanted = asked.ocp && printMajorMinor(asked.ocp)
  const isOtherMinor = clouds.length > 0 && wanted !== undefined && part.stream.ocp !== wanted
  const isOtherName = part.stream.name !== asked.stream.name
  const isOtherCriteria =
    args.criteria !== undefined &&
    clouds.length > 0 &&
    canonicalJson(part.criteria) !==
      canonicalJson(
        partOf({ ...part, criteria: asked.criteria }, { clouds, architectures }).criteria,
      )
  const lines = [
    ...(isOtherName
      ? [...clouds, ...architectures].map((name) => `${name}: for the stream ${part.stream.name}`)
      : []),
    ...(isOtherMinor ? clouds.map((name) => `${name}: for OCP ${part.stream.ocp}`) : []),
    ...told.map((name) => `${name}: for release ${part.builds[name]?.release}`),
    ...(isOtherCriteria ? clouds.map((name) => `${name}: by other criteria`) : []),
  ]
  if (lines.length === 0) return
  const names = [...new Set(lines.map((line) => line.split(':')[0]))]
  const what = [
    asked.stream.name,
    ...(wanted === undefined ? [] : [`OCP ${wanted}`]),
    ...(args.criteria === undefined ? [] : [args.criteria]),
  ]
  throw new CheckFailure(
    `${args.SNAPSHOT}: ${names.join(', ')} would stay, captured for something else than ${what.join(', ')}`,
    `Ask for them as well, or take them out with --drop ${names.join(',')}.`,
    { lines },
  )
}

/** A stream file, the builds of the command line, or the snapshot that is there. */
export async function sourceFor(
  args: CaptureArgs,
  snapshot: Snapshot | undefined,
  folder: Folder,
): Promise<Source> {
  const { BUILDS = [], stream } = args
  if (stream !== undefined && BUILDS.length > 0) {
    throw new InputError('--stream: takes the releases from a file, so no builds can be named')
  }
  if (stream !== undefined) return sourceOfStream(args, stream, snapshot, folder)
  if (BUILDS.length > 0) return sourceOfBuilds(args, BUILDS, snapshot)
  if (snapshot === undefined) {
    throw new InputError(
      `${args.SNAPSHOT}: not there yet, so the releases are needed`,
      'Name builds as ARCH=VERSION, or a stream file that has the releases with --stream FILE.',
    )
  }
  return sourceOfSnapshot(args, snapshot)
}

async function sourceOfStream(
  args: CaptureArgs,
  file: string,
  snapshot: Snapshot | undefined,
  folder: Folder,
): Promise<Source> {
  const stream = readStream(await folder.read(file), file)
  return {
    isRepeated: false,
    identity: identityFor(args, { name: stream.name }),
    builds: [],
    releases: stream.architectures().flatMap((arch) => stream.release(arch) ?? []),
    skus: skusOf(imagesIn(stream)),
    ...(snapshot?.stream.name === stream.name && { ocp: snapshot.stream.ocp }),
  }
}

/** Without a name these are new builds of the stream that the snapshot is of. */
function sourceOfBuilds(
  args: CaptureArgs,
  texts: readonly string[],
  snapshot: Snapshot | undefined,
): Source {
  const given: Partial<StreamPlace> = {
    ...(args.name !== undefined && { name: args.name }),
    ...(args.url !== undefined && { url: args.url }),
  }
  const builds = readBuilds(texts)
  const place = placeOf(builds, given)
  const own = args.name === undefined && place?.name === undefined ? snapshot?.stream : undefined
  const name = args.name ?? place?.name ?? own?.name
  if (name === undefined) {
    throw new InputError(
      "the stream's name is needed to find its builds",
      'Name it with --name, for example --name 4.18-9.4.',
    )
  }
  return {
    isRepeated: false,
    identity: identityFor(args, { ...own, ...place, name }),
    builds: wantedBuilds(builds, given),
    releases: builds.flatMap(({ release }) => release ?? []),
    ...(snapshot?.stream.name === name && { ocp: snapshot.stream.ocp }),
  }
}

function sourceOfSnapshot(args: CaptureArgs, { stream, builds }: Snapshot): Source {
  const isMoved = args.name !== undefined || args.url !== undefined
  return {
    isRepeated: true,
    identity: identityFor(args, stream),
    builds: wantedAgain(builds).map(({ location, ...build }) =>
      isMoved ? build : { ...build, location },
    ),
    releases: Object.values(builds).map(({ release }) => release),
    ocp: stream.ocp,
  }
}

/** The command line goes before what is known otherwise, and that before the defaults. */
function identityFor(
  args: CaptureArgs,
  known: Partial<StreamIdentity> & Pick<StreamIdentity, 'name'>,
): Omit<StreamIdentity, 'ocp'> {
  const distro = args.distro ?? known.distro ?? inferDistro(args.url ?? known.url)
  const name = args.name ?? known.name
  if (!isStreamName(name)) {
    throw new InputError(
      `the stream's name: expected one such as 4.18-9.4, found ${printable(name)}`,
      'Name it with --name.',
    )
  }
  return {
    name,
    distro,
    url: args.url ?? known.url ?? BUILD_SERVERS[distro],
    signatures: args['no-signatures'] ? false : (known.signatures ?? true),
  }
}

/** Those of the command line, else the snapshot's own with the built-in ones of other clouds. */
export async function criteriaFor(
  { criteria }: CaptureArgs,
  own: Pick<Snapshot, 'criteria'> | undefined,
  folder: Folder,
): Promise<Criteria> {
  return criteria === undefined
    ? { ...BUILT_IN, ...own?.criteria }
    : readCriteria(await folder.read(criteria), criteria)
}

/**
 * @throws InputError where nothing tells the minor and a cloud is asked, and for one that the
 *   criteria do not know and that is not later than all that they know
 */
function ocpFor(
  { ocp, SNAPSHOT, stream }: CaptureArgs,
  source: Source,
  criteria: Criteria,
  branch: string | undefined,
  isNeeded: boolean,
  isTolerant: boolean,
): { readonly ocp: MajorMinor | undefined; readonly notes: readonly string[] } {
  const { name } = source.identity
  const captured = source.ocp ? readMajorMinor(source.ocp) : undefined
  const given = ocp === undefined ? undefined : readMajorMinor(ocp)
  const { releases, skus } = source
  const decision = decideOcp(
    { option: given, releases, snapshot: captured, branch, ...(skus && { skus }), name },
    criteria,
  )
  if (decision.ocp) {
    const unknown = isNeeded && given ? notesOnVersion(given, criteria.rhel) : []
    return { ocp: decision.ocp, notes: isNeeded ? [...unknown, ...notesOn(decision)] : [] }
  }
  if (!isNeeded) return { ocp: undefined, notes: [] }
  const { cause = '' } = decision
  if (isTolerant) {
    return {
      ocp: undefined,
      notes: [`marketplace images are not queried: ${cause}; add --ocp X.Y`],
    }
  }
  throw new InputError(
    `${stream ?? SNAPSHOT}: ${cause}`,
    'Name it with --ocp X.Y, or query no cloud with --cloud none.',
  )
}

function notesOn({ ocp, isGuess, evidence, conflicts }: OcpDecision): string[] {
  const guess = ocp && isGuess ? [`OCP ${printMajorMinor(ocp)} is a guess, by ${evidence}`] : []
  return [...guess, ...conflicts]
}

/** @throws InputError for a version that is missing in the criteria, unless it is later than all */
function notesOnVersion(given: MajorMinor, table: RhelTable): string[] {
  const known = ocpVersions(table)
  const last = known.at(-1)
  const name = printMajorMinor(given)
  if (known.some((each) => compareMajorMinor(each, given) === 0)) return []
  if (last === undefined || compareMajorMinor(given, last) > 0) {
    return [
      `--ocp ${name}: later than ${last ? printMajorMinor(last) : 'none'}, the last one known`,
    ]
  }
  // Those that begin so, as 4.20 does for 4.2, and those before and behind it.
  const next = known.findIndex((each) => compareMajorMinor(each, given) > 0)
  const alike = known.filter((each) => printMajorMinor(each).startsWith(name))
  const near = [...alike, ...known.slice(Math.max(0, next - 1), next + 1)].map(printMajorMinor)
  const nearest = [...new Set(near)].slice(0, 6).join(', ')
  throw new InputError(`--ocp ${name}: not known, the nearest: ${nearest}`)
}

async function accessTo(
  clouds: readonly CloudName[],
  args: CaptureArgs,
  isReplayed: boolean,
  env: NodeJS.ProcessEnv,
): Promise<Partial<Record<CloudName, Access<unknown>>>> {
  const timeout = args.timeout * 1000
  const accesses = await Promise.allSettled(
    clouds.map(async (cloud) => {
      if (isReplayed) return [cloud, { live: false, timeout }] as const
      return [
        cloud,
        { live: true, timeout, settings: await cloudSettings(cloud, args, env) },
      ] as const
    }),
  )
  refuseLacking(accesses.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])))
  return Object.fromEntries(
    accesses.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
  )
}

/** What several clouds lack is told at once, each with its remedy, before any of them is asked. */
function refuseLacking(errors: readonly unknown[]): void {
  const [first] = errors
  if (first === undefined) return
  const lacking = errors.filter((error) => error instanceof ServiceError)
  if (lacking.length < 2 || lacking.length < errors.length) throw first
  throw new ServiceError(`credentials of ${lacking.length} clouds are lacking`, undefined, {
    lines: lacking.flatMap(({ message, remedy }) => [message, ...(remedy ? [`  ${remedy}`] : [])]),
  })
}
