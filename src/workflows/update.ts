import { Shared } from '../capture/http/message.ts'
import { recordingFile } from '../core/snapshot/read.ts'
import type { Architecture, CloudName } from '../core/snapshot/snapshot.ts'
import { getReleases, readStream } from '../core/stream/stream.ts'
import { printWorkspace, withStreamKeys } from '../core/workspace/change.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import type { Builds } from '../core/workspace/workspace.ts'
import { CheckFailure, InputError, MissingCredentials, ServiceError, UserError } from '../errors.ts'
import type { Write } from '../files/write.ts'
import {
  type CaptureContext,
  type CaptureOptions,
  type CaptureResult,
  prepareCapture,
  refuseLosses,
} from './capture.ts'
import { MissingSetting } from './capture-plan.ts'
import { withLocks } from './locks.ts'
import {
  prepareRegeneration,
  type Refusal,
  type Regeneration,
  StreamsRefused,
} from './regenerate.ts'
import { locatedStreams, namedStreams, type OpenedWorkspace, openWorkspace } from './workspace.ts'

/** A stream to update, and its new builds. */
export interface StreamUpdate {
  readonly name: string
  /** The release of all architectures of the stream. */
  readonly release?: string
  /** The releases of some architectures. */
  readonly builds?: Builds
}

export interface UpdateOptions
  extends Pick<CaptureOptions, 'drop' | 'timeout' | 'patience' | 'concurrency' | 'ocp'> {
  /** Absent or empty: all streams. */
  readonly streams?: readonly StreamUpdate[]
  /** Query only these of the workspace's clouds; empty for builds only. */
  readonly clouds?: readonly CloudName[] | undefined
  readonly allowRegression?: boolean
  readonly keepLost?: boolean
  /** Whether nothing is written. */
  readonly dryRun?: boolean
}

export interface UpdateContext extends Omit<CaptureContext, 'shared'> {
  /** Reports the stream that is captured next. */
  readonly onStream?: (name: string) => void
}

/** What an update does to one stream. */
export interface StreamResult {
  readonly name: string
  /** Whether the workspace has clouds for the stream. */
  readonly hasImages: boolean
  /** Absent for a stream without builds and clouds to query. */
  readonly capture?: CaptureResult
  readonly regeneration?: Regeneration
}

export interface UpdateResult {
  readonly streams: readonly StreamResult[]
  /** All files that change, the workspace file first. */
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
  if (options.dryRun) return prepareUpdate(options, context)
  const { folder } = context
  const { file } = await openWorkspace(folder)
  return withLocks([file], context, async () => {
    const { streams } = await selectStreams(options, context)
    const files = streams.flatMap(([, { snapshot, target, marketplaceFile }]) =>
      [snapshot, recordingFile(snapshot), target, marketplaceFile].flatMap((each) => each ?? []),
    )
    // A lock would create a missing folder.
    for (const [, { target, marketplaceFile }] of streams) {
      for (const each of [target, marketplaceFile]) if (each) folder.checkTarget(each)
    }
    return withLocks(files, context, async () => {
      const result = await prepareUpdate(options, context)
      await folder.write(result.writes)
      return result
    })
  })
}

/** Captures and regenerates every stream, and writes nothing. */
async function prepareUpdate(
  options: UpdateOptions,
  context: UpdateContext,
): Promise<UpdateResult> {
  const { opened, workspace, streams } = await selectStreams(options, context)
  const text = printWorkspace(workspace)
  const shared = new Shared()
  const results: StreamResult[] = []
  const refusals: Refusal[] = []
  for (const [name, config] of streams) {
    context.onStream?.(name)
    const outcome = await catchRefusal(name, () =>
      updateStream(name, config, options, { ...context, shared }),
    ).catch((error) => {
      throw ofStream(name, error, opened.file)
    })
    if (outcome.value) results.push(outcome.value.result)
    refusals.push(...outcome.refusals, ...(outcome.value?.refusals ?? []))
  }
  if (refusals.length > 0) throw new StreamsRefused(refusals)
  refuseUnknownDrops(options, results)
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

async function updateStream(
  name: string,
  config: StreamConfig,
  options: UpdateOptions,
  context: CaptureContext,
): Promise<StreamOutcome> {
  const { drop, timeout, patience, concurrency, ocp } = options
  const { allowRegression = false, keepLost = false } = options
  const queried = limitClouds(config, options.clouds)
  const hasImages = config.layouts?.length !== 0
  if (hasNothingToQuery(queried, drop)) return { result: { name, hasImages }, refusals: [] }
  const capture = await prepareCapture(
    queried,
    { drop, timeout, patience, concurrency, ocp, dropsOfAnyStream: true },
    context,
  )
  const lost = await catchRefusal(name, () => refuseLosses(config.snapshot, capture))
  const regeneration = await catchRefusal(name, () =>
    prepareRegeneration(
      capture.snapshot,
      config,
      { allowRegression, keepLost, clouds: config.clouds },
      context.folder,
    ),
  )
  return {
    result: {
      name,
      hasImages,
      capture,
      ...(regeneration.value && { regeneration: regeneration.value }),
    },
    refusals: [...lost.refusals, ...regeneration.refusals],
  }
}

interface StreamOutcome {
  readonly result: StreamResult
  readonly refusals: readonly Refusal[]
}

async function catchRefusal<T>(
  name: string,
  work: () => T | Promise<T>,
): Promise<{ readonly value?: T; readonly refusals: readonly Refusal[] }> {
  try {
    return { value: await work(), refusals: [] }
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error
    return { refusals: [{ name, error }] }
  }
}

/** A stream without marketplace images whose builds are not named. */
function hasNothingToQuery(
  { clouds = [], builds = {} }: StreamConfig,
  drop: readonly string[] = [],
): boolean {
  return clouds.length === 0 && Object.keys(builds).length === 0 && drop.length === 0
}

/** The same error with the name of the stream, and a remedy that an update accepts. */
function ofStream(name: string, error: unknown, file: string): unknown {
  if (!(error instanceof UserError)) return error
  const { message, lines } = error
  const Kind = [MissingCredentials, ServiceError].find((each) => error instanceof each)
  return new (Kind ?? InputError)(`${name}: ${message}`, workspaceRemedy(error, name, file), {
    lines,
    cause: error,
  })
}

/** Options that an update does not have are keys of the workspace file. */
function workspaceRemedy(error: UserError, name: string, file: string): string | undefined {
  if (error instanceof MissingSetting && error.key === 'ocp') {
    return `Name it with stream-snapshot update ${name} --ocp X.Y, or query no cloud with --cloud none.`
  }
  if (error instanceof MissingSetting) return `Set ${error.key} of ${name} in ${file}.`
  return error.remedy
    ?.replace(/--(name|url) and --(name|url)/, `$1 and $2 in ${file}`)
    .replace(/--(name|url|distro|criteria)\b/, `$1 in ${file}`)
}

function refuseUnknownDrops({ drop = [] }: UpdateOptions, results: readonly StreamResult[]): void {
  const dropped = results.flatMap(({ capture }) => capture?.droppedNames ?? [])
  const unknown = drop.filter((name) => !dropped.includes(name))
  if (unknown.length === 0) return
  throw new InputError(
    `--drop ${unknown.join(',')}: not in the snapshots of these streams`,
    'Leave it out.',
  )
}

/** The streams of the options, with their new builds, clouds and OCP version. */
async function selectStreams(
  { streams: named = [], clouds, ocp }: UpdateOptions,
  { folder }: UpdateContext,
) {
  const opened = await openWorkspace(folder)
  const { file } = opened
  refuseOtherClouds(clouds, opened)
  const [only, ...others] = opened.streams.keys()
  const isOnly = named.length === 0 && only !== undefined && others.length === 0
  const updates: readonly StreamUpdate[] = isOnly ? [{ name: only }] : named
  namedStreams(
    opened,
    updates.map(({ name }) => name),
  )
  if (ocp !== undefined && updates.length !== 1) {
    throw new InputError(
      '--ocp: applies to one stream',
      `Name the stream: stream-snapshot update ${updates[0]?.name ?? only} --ocp ${ocp}`,
    )
  }
  const keys = new Map<string, { readonly builds?: Builds; readonly ocp?: string }>()
  for (const update of updates) {
    const config = opened.streams.get(update.name)
    const builds = config && (await newBuilds(update, config, folder))
    keys.set(update.name, { ...(builds && { builds }), ...(ocp !== undefined && { ocp }) })
  }
  const workspace = withStreamKeys(opened.workspace, keys)
  const streams = namedStreams(
    { file, streams: locatedStreams(workspace, file, folder) },
    updates.map(({ name }) => name),
  )
  return { opened, workspace, streams }
}

function limitClouds(config: StreamConfig, clouds: readonly CloudName[] | undefined): StreamConfig {
  if (clouds === undefined) return config
  return { ...config, clouds: config.clouds?.filter((cloud) => clouds.includes(cloud)) ?? [] }
}

function refuseOtherClouds(
  clouds: readonly CloudName[] = [],
  { file, workspace }: OpenedWorkspace,
): void {
  const other = clouds.find((cloud) => !workspace.clouds.includes(cloud))
  if (other === undefined) return
  throw new InputError(
    `--cloud ${other}: not one of the clouds in ${file}, ${workspace.clouds.join(', ')}`,
    `Add it to clouds in ${file}.`,
  )
}

/** All builds of a stream, with the new ones; undefined if there are no new ones. */
async function newBuilds(
  { release, builds }: StreamUpdate,
  config: StreamConfig,
  folder: UpdateContext['folder'],
): Promise<Builds | undefined> {
  if (release === undefined && builds === undefined) return undefined
  const { target } = config
  const text = target === undefined ? undefined : await folder.readIfExists(target)
  const present =
    target === undefined || text === undefined ? new Map() : getReleases(readStream(text, target))
  const known: Builds = { ...Object.fromEntries(present), ...config.builds }
  const architectures = Object.keys(known) as Architecture[]
  if (release !== undefined && architectures.length === 0) {
    throw new InputError(
      `${release}: the architectures are unknown, as ${target} does not exist`,
      `Name each architecture: x86_64=${release}.`,
    )
  }
  const all =
    release === undefined ? known : Object.fromEntries(architectures.map((arch) => [arch, release]))
  return { ...all, ...builds }
}
