import { Shared } from '../capture/http/message.ts'
import { readShape, readSnapshot, recordingFile } from '../core/snapshot/read.ts'
import type { Architecture, CloudName } from '../core/snapshot/snapshot.ts'
import { readRelease } from '../core/versions/version.ts'
import {
  type Builds,
  hasNothing,
  printWorkspace,
  type StreamConfig,
  type StreamKeys,
  targetFiles,
  withStreamKeys,
} from '../core/workspace/workspace.ts'
import { InputError, MissingBuild, MissingCredentials, ServiceError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'
import {
  type CaptureContext,
  type CaptureOptions,
  type CaptureResult,
  prepareCapture,
  refuseLosses,
} from './capture.ts'
import { planCapture, releasesIn } from './capture-plan.ts'
import { refuseUnknownDrops } from './keep.ts'
import { withLocks, writeLocked } from './locks.ts'
import {
  prepareRegeneration,
  Refusals,
  type RegenerateOptions,
  type Regeneration,
} from './regenerate.ts'
import { type Fault, isPending, type NamedStream, otherSettings } from './settings.ts'
import { unverifiedFaults } from './verify.ts'
import { locatedStreams, namedStreams, type OpenedWorkspace, openWorkspace } from './workspace.ts'

export interface StreamUpdate {
  readonly name: string
  /** The release of all architectures of the stream. */
  readonly release?: string
  readonly builds?: Builds
}

export interface UpdateOptions
  extends Pick<CaptureOptions, 'drop' | 'timeout' | 'patience' | 'concurrency' | 'ocp'>,
    RegenerateOptions {
  /** Absent or empty: all streams. */
  readonly streams?: readonly StreamUpdate[]
  /** The clouds of the workspace to query; empty for builds only. Default: all. */
  readonly clouds?: readonly CloudName[] | undefined
}

export type UpdateContext = Omit<CaptureContext, 'shared'>

export interface StreamResult {
  readonly name: string
  /** Whether the workspace has clouds for the stream. */
  readonly hasImages: boolean
  /** Absent for a stream without builds and clouds to query. */
  readonly capture?: CaptureResult | undefined
  readonly regeneration?: Regeneration | undefined
  /** What a check reports after the update. */
  readonly faults: readonly Fault[]
}

export interface UpdateResult {
  readonly streams: readonly StreamResult[]
  /** The changed files, the workspace file first. */
  readonly writes: readonly Write[]
}

/**
 * Captures and regenerates streams of the workspace, and writes all of their files or none.
 *
 * @throws StreamsRefused with the losses of all streams
 * @throws UserError that names the first stream that failed; then no file was changed
 */
export async function updateStreams(
  options: UpdateOptions,
  context: UpdateContext,
): Promise<UpdateResult> {
  const select = () => selectStreams(options, context.folder)
  if (options.dryRun) return prepareUpdate(await select(), options, context)
  const { file } = await openWorkspace(context.folder)
  return withLocks([file], context, async () => {
    const selected = await select()
    const configs = selected.streams.map(([, config]) => config)
    const files = configs.flatMap(({ snapshot }) => [snapshot, recordingFile(snapshot)])
    return writeLocked(files, configs.flatMap(targetFiles), context, () =>
      prepareUpdate(selected, options, context),
    )
  })
}

async function prepareUpdate(
  { opened, workspace, streams }: Awaited<ReturnType<typeof selectStreams>>,
  options: UpdateOptions,
  context: UpdateContext,
): Promise<UpdateResult> {
  const text = printWorkspace(workspace)
  const own = { ...context, shared: new Shared() }
  const results: StreamResult[] = []
  const refusals = new Refusals()
  await refuseDrops(options, streams, context.folder)
  for (const [name, config] of streams) {
    const stream: NamedStream = { name, config, file: opened.file, folder: context.folder }
    try {
      const result = await updateStream(stream, options, withStreamName(name, own), refusals)
      results.push({ ...result, faults: await findFaults(stream, result) })
    } catch (error) {
      throw withStream(stream, withSource(error, stream, opened, options))
    }
  }
  refusals.throwAny()
  return {
    streams: results,
    writes: [
      ...(text === opened.text ? [] : [{ file: opened.file, text }]),
      ...results.flatMap(({ capture, regeneration }) => [
        ...(capture?.writes ?? []),
        ...(regeneration?.writes ?? []),
      ]),
    ],
  }
}

/** Names the file of a version that is not from the command line. */
function withSource(
  error: unknown,
  { name, config }: NamedStream,
  { file, streams }: OpenedWorkspace,
  options: UpdateOptions,
): unknown {
  if (!(error instanceof MissingBuild)) return error
  const { release, builds } = options.streams?.find((each) => each.name === name) ?? {}
  if ([release, ...Object.values(builds ?? {})].includes(error.release)) return error
  const own: readonly unknown[] = Object.values(streams.get(name)?.builds ?? {})
  return new ServiceError(
    `${error.message}; ${error.release} is from ${own.includes(error.release) ? file : config.target}`,
    `Specify other versions: stream-snapshot update ${name} ARCH=VERSION ...`,
  )
}

async function refuseDrops(
  { drop = [] }: UpdateOptions,
  streams: readonly (readonly [name: string, config: StreamConfig])[],
  folder: Folder,
): Promise<void> {
  if (drop.length === 0) return
  const files = streams.map(([, { snapshot }]) => snapshot).filter((file) => folder.exists(file))
  const snapshots = await Promise.all(
    files.map(async (file) => readShape(await folder.read(file), file)),
  )
  refuseUnknownDrops(drop, snapshots, 'the snapshots of these streams')
}

/** Adds the stream to the progress of its queries. */
function withStreamName(stream: string, context: CaptureContext): CaptureContext {
  return {
    ...context,
    onProgress: (parts) =>
      context.onProgress?.(parts.map((part) => ({ ...part, name: `${stream} ${part.name}` }))),
  }
}

async function updateStream(
  { name, config }: NamedStream,
  options: UpdateOptions,
  context: CaptureContext,
  refusals: Refusals,
): Promise<Omit<StreamResult, 'faults'>> {
  const { clouds = [], drop = [] } = options
  const limited = options.clouds
    ? { ...config, clouds: (config.clouds ?? []).filter((cloud) => clouds.includes(cloud)) }
    : config
  const hasImages = config.layouts?.length !== 0
  if (hasNothing(limited) && drop.length === 0) {
    if (options.ocp !== undefined) await refuseOtherOcp(limited, options, context.folder)
    return { name, hasImages }
  }
  const capture = await refusals.catch(name, () =>
    prepareCapture(
      limited,
      {
        ...{ ...options, builds: undefined, dropsOfAnyStream: true },
        allowsBuildsOnly: options.clouds?.length === 0,
      },
      context,
    ),
  )
  if (capture === undefined) return { name, hasImages }
  await refusals.catch(name, () => refuseLosses(config.snapshot, capture))
  const regeneration = await refusals.catch(name, () =>
    prepareRegeneration(
      capture.snapshot,
      config,
      { ...options, drop: capture.droppedNames, former: capture.before },
      context.folder,
    ),
  )
  return { name, hasImages, capture, regeneration }
}

async function findFaults(
  stream: NamedStream,
  { capture, regeneration }: Omit<StreamResult, 'faults'>,
): Promise<Fault[]> {
  const { name, config, folder } = stream
  const text = capture ? undefined : await folder.readIfExists(config.snapshot)
  const snapshot = capture?.snapshot ?? (text && readSnapshot(text, config.snapshot))
  if (!snapshot) return []
  const { unverified = [] } = regeneration?.result ?? {}
  const file = config.marketplaceFile === undefined ? '' : ' and remove its marketplaceFile'
  const pending = (capture?.droppedNames ?? []).filter((cloud) =>
    isPending(snapshot, config, cloud),
  )
  return [
    ...(await otherSettings(stream, snapshot)),
    ...unverifiedFaults(snapshot, config, unverified, `stream-snapshot regenerate ${name}`),
    // `check` is not aware of the drop.
    ...pending.map((cloud) => ({
      message: `the next update queries ${cloud} again`,
      remedy: `Set layouts of ${name} to ["none"]${file} in ${stream.file}.`,
    })),
  ]
}

/** Without a query, the OCP version has to be that of the snapshot's images. */
async function refuseOtherOcp(
  config: StreamConfig,
  options: UpdateOptions,
  folder: Folder,
): Promise<void> {
  await planCapture(config, options, undefined, folder)
  const text = await folder.readIfExists(config.snapshot)
  const captured = text === undefined ? null : readSnapshot(text, config.snapshot).stream.ocp
  if (captured === null || captured === options.ocp) return
  throw new InputError(
    `${config.snapshot} was captured for OCP ${captured}, not ${options.ocp}`,
    'Remove --cloud none to query the clouds too.',
  )
}

/** The error with the name of the stream. */
function withStream({ name, config }: NamedStream, error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  const { message, lines, remedy } = error
  const Kind = [MissingCredentials, ServiceError].find((each) => error instanceof each)
  const hint =
    Kind === MissingCredentials && config.builds ? ' To update builds only, add --cloud none.' : ''
  return new (Kind ?? InputError)(`${name}: ${message}`, remedy && `${remedy}${hint}`, {
    lines,
    cause: error,
  })
}

async function selectStreams(
  { streams: named = [], clouds = [], ocp, drop = [] }: UpdateOptions,
  folder: Folder,
) {
  const opened = await openWorkspace(folder)
  const { file, workspace: present } = opened
  const given = named.flatMap(({ builds = {} }) => Object.keys(builds))
  const both = drop.find((part) => [...given, ...clouds].includes(part))
  if (both !== undefined) {
    throw new InputError(
      `--drop ${both}: ${both} is also specified to be captured`,
      `Remove ${both} from --drop, or from the other arguments.`,
    )
  }
  const other = clouds.find((cloud) => !present.clouds.includes(cloud))
  if (other !== undefined) {
    throw new InputError(
      `--cloud ${other}: not one of the clouds in ${file}, ${present.clouds.join(', ')}`,
      `Add it to clouds in ${file}.`,
    )
  }
  const [only, ...others] = opened.streams.keys()
  const isOnly = named.length === 0 && only !== undefined && others.length === 0
  const updates: readonly StreamUpdate[] = isOnly ? [{ name: only }] : named
  const names = updates.map(({ name }) => name)
  if (ocp !== undefined && updates.length !== 1) {
    throw new InputError(
      '--ocp: applies to one stream',
      `Specify the stream: stream-snapshot update ${updates[0]?.name ?? only} --ocp ${ocp}`,
    )
  }
  const keys = new Map<string, StreamKeys>()
  for (const [name, config] of namedStreams(opened, names)) {
    const update = updates.find((each) => each.name === name) ?? { name }
    const builds = await newBuilds(update, config, drop, folder)
    await refuseOtherStream(update, opened, folder)
    keys.set(name, { ...(builds && { builds }), ...(ocp !== undefined && { ocp }) })
  }
  const workspace = withStreamKeys(present, keys)
  const streams = namedStreams({ file, streams: locatedStreams(workspace, file, folder) }, names)
  return { opened, workspace, streams }
}

/** @throws InputError for a version of the RHEL major that another stream has, and this one not */
async function refuseOtherStream(
  { name, release, builds = {} }: StreamUpdate,
  { streams }: OpenedWorkspace,
  folder: Folder,
): Promise<void> {
  const getMajor = (version: string | undefined) => readRelease(version ?? '')?.rhel.major
  const hasMajor = async ({ target }: StreamConfig, major: number) => {
    const releases = await releasesIn(target, folder).catch(() => new Map<string, string>())
    return releases.size > 0 && [...releases.values()].some((each) => getMajor(each) === major)
  }
  for (const version of [release, ...Object.values(builds)]) {
    const major = getMajor(version)
    const own = streams.get(name)
    if (major === undefined || own === undefined || (await hasMajor(own, major))) continue
    for (const [other, config] of streams) {
      if (!(await hasMajor(config, major))) continue
      throw new InputError(
        `${name}: ${version} is a build of RHEL ${major}, as those of stream ${other}`,
        `Put it after its stream: ${other} ${version}`,
      )
    }
  }
}

/** All builds of a stream, without those to drop; undefined if they are unchanged. */
async function newBuilds(
  { release, builds }: StreamUpdate,
  config: StreamConfig,
  drop: readonly string[],
  folder: Folder,
): Promise<Builds | undefined> {
  const isKept = ([arch]: readonly [string, unknown]) => !drop.includes(arch)
  if (release === undefined && builds === undefined) {
    const own = Object.entries(config.builds ?? {})
    const kept = own.filter(isKept)
    // A workspace names at least one build.
    return [0, own.length].includes(kept.length) ? undefined : Object.fromEntries(kept)
  }
  const { target } = config
  const present = await releasesIn(target, folder)
  const all = Object.entries({ ...Object.fromEntries(present), ...config.builds })
  const known: Builds = Object.fromEntries(all.filter(isKept))
  const architectures = Object.keys(known) as Architecture[]
  if (release !== undefined && architectures.length === 0) {
    throw new InputError(
      `${release}: the architectures are unknown, as ${target} does not exist`,
      `Specify each architecture: x86_64=${release}.`,
    )
  }
  const own =
    release === undefined ? known : Object.fromEntries(architectures.map((arch) => [arch, release]))
  return { ...own, ...builds }
}
