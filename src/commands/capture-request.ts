import { readInput } from '../disk/read.ts'
import { InputError } from '../errors.ts'
import {
  type Access,
  BUILD_SERVERS,
  BUILT_IN,
  type CaptureRequest,
  type CloudName,
  type Criteria,
  cloudsOf,
  distroOf,
  type Minor,
  ocpOfStream,
  printMinor,
  readCriteria,
  readMinor,
  readStream,
  type Snapshot,
  type StreamIdentity,
  type StreamPlace,
  type WantedBuild,
  wantedAgain,
} from '../index.ts'
import { placeOf, readBuilds, wantedBuilds } from './builds.ts'
import type { CaptureArgs } from './capture-options.ts'
import { cloudCriteria, cloudSettings } from './clouds/index.ts'

/** Where the releases come from, and what is known of them before anybody is asked. */
export interface Source {
  /** The snapshot that is there already is asked for again. */
  readonly isRepeated: boolean
  readonly identity: Omit<StreamIdentity, 'ocp'>
  readonly builds: readonly WantedBuild[]
  /** As far as they are known. */
  readonly releases: readonly string[]
  /** What the snapshot that is there was captured for, if it is the same stream. */
  readonly ocp?: string | null
}

/**
 * What to ask: what the command line says, else what the snapshot that is there asked.
 *
 * @throws InputError where they do not tell enough
 */
export async function requestFor(
  args: CaptureArgs,
  snapshot: Snapshot | undefined,
  isReplayed: boolean,
): Promise<CaptureRequest> {
  const source = await sourceFor(args, snapshot)
  const own = source.isRepeated ? snapshot : undefined
  const clouds = args.cloud ?? (own ? cloudsOf(own) : (['azure'] as const))
  const asked = clouds.filter((cloud) => cloud !== 'none')
  const criteria = await criteriaFor(
    args,
    isReplayed && args.stream === undefined ? snapshot?.criteria : undefined,
  )
  const ocp = asked.length === 0 ? undefined : ocpFor(args, source)
  return {
    stream: { ...source.identity, ocp: ocp ? printMinor(ocp) : null },
    criteria: cloudCriteria(criteria, asked, args),
    ocp,
    clouds: await accessTo(asked, args, isReplayed),
    builds: source.builds,
    timeout: args.timeout * 1000,
    patience: args.patience * 1000,
    concurrency: args.concurrency,
  }
}

/** A stream file, the builds of the command line, or the snapshot that is there. */
export async function sourceFor(
  args: CaptureArgs,
  snapshot: Snapshot | undefined,
): Promise<Source> {
  const { BUILDS = [], stream } = args
  if (stream !== undefined && BUILDS.length > 0) {
    throw new InputError('--stream: takes the releases from a file, so no builds can be named')
  }
  if (stream !== undefined) return sourceOfStream(args, stream)
  if (BUILDS.length > 0) return sourceOfBuilds(args, BUILDS, snapshot)
  if (snapshot === undefined) {
    throw new InputError(
      `${args.SNAPSHOT}: not there yet, so the releases are needed`,
      'Name builds as ARCH=VERSION, or a stream file that has the releases with --stream FILE.',
    )
  }
  return sourceOfSnapshot(args, snapshot)
}

async function sourceOfStream(args: CaptureArgs, file: string): Promise<Source> {
  const stream = readStream(await readInput(file), file)
  return {
    isRepeated: false,
    identity: identityFor(args, { name: stream.name }),
    builds: [],
    releases: stream.architectures().flatMap((arch) => stream.release(arch) ?? []),
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
    ...(own && { ocp: own.ocp }),
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
    releases: [],
    ocp: stream.ocp,
  }
}

/** The command line goes before what is known otherwise, and that before the defaults. */
function identityFor(
  args: CaptureArgs,
  known: Partial<StreamIdentity> & Pick<StreamIdentity, 'name'>,
): Omit<StreamIdentity, 'ocp'> {
  const distro = args.distro ?? known.distro ?? distroOf(args.url ?? known.url)
  return {
    name: args.name ?? known.name,
    distro,
    url: args.url ?? known.url ?? BUILD_SERVERS[distro],
    signatures: args['no-signatures'] ? false : (known.signatures ?? true),
  }
}

/** Those of the command line, else the snapshot's own, else the built-in ones. */
export async function criteriaFor(
  { criteria }: CaptureArgs,
  own: Criteria | undefined,
): Promise<Criteria> {
  return criteria === undefined
    ? (own ?? BUILT_IN)
    : readCriteria(await readInput(criteria), criteria)
}

function ocpFor({ ocp, SNAPSHOT, stream }: CaptureArgs, source: Source): Minor {
  const { identity, releases, isRepeated } = source
  const found =
    (ocp === undefined ? undefined : readMinor(ocp)) ??
    (isRepeated ? undefined : ocpOfStream(identity.name, releases)) ??
    (source.ocp ? readMinor(source.ocp) : undefined)
  if (found === undefined) {
    throw new InputError(
      `${stream ?? SNAPSHOT}: neither the release nor the stream's name tells the OCP minor`,
      'Name it with --ocp X.Y, or ask no cloud with --cloud none.',
    )
  }
  return found
}

async function accessTo(
  clouds: readonly CloudName[],
  args: CaptureArgs,
  isReplayed: boolean,
): Promise<Partial<Record<CloudName, Access<unknown>>>> {
  const timeout = args.timeout * 1000
  const accesses = await Promise.all(
    clouds.map(async (cloud) => {
      if (isReplayed) return [cloud, { live: false, timeout }] as const
      return [cloud, { live: true, timeout, settings: await cloudSettings(cloud, args) }] as const
    }),
  )
  return Object.fromEntries(accesses)
}
