import { type Regenerated, regenerate } from '../core/regenerate/regenerate.ts'
import { readSnapshot } from '../core/snapshot/read.ts'
import type { CloudName, Snapshot } from '../core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../core/stream/marketplace-file.ts'
import { readStream } from '../core/stream/stream.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { CheckFailure } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'
import { type LockContext, withLocks } from './locks.ts'

export interface RegenerateOptions {
  /** Whether images and builds may be removed, or replaced by older ones. */
  readonly allowRegression?: boolean
  /** Whether the target's images of regions that the build lost are kept. */
  readonly keepLost?: boolean
  /** Whether the files must exist, as for a check. */
  readonly mustExist?: boolean
  /** Whether nothing is written. */
  readonly dryRun?: boolean
  /** The clouds of the workspace; see `Job`. */
  readonly clouds?: readonly CloudName[] | undefined
}

/** A file as the snapshot generates it. */
export interface RegeneratedFile extends Write {
  /** Undefined for a file that does not exist. */
  readonly before: string | undefined
}

export interface Regeneration {
  readonly snapshot: Snapshot
  readonly result: Regenerated
  readonly files: readonly RegeneratedFile[]
  /** The files that change. */
  readonly writes: readonly Write[]
}

/**
 * Regenerates the files of a stream from its snapshot, and writes those that change. Without a target
 * and a marketplace file the stream is in the result only.
 *
 * @throws Loss if something would be lost that the options do not allow
 * @throws Unmet if a slot has no image of the required grade
 */
export async function regenerateStream(
  config: StreamConfig,
  options: RegenerateOptions,
  context: LockContext,
): Promise<Regeneration> {
  const { folder } = context
  return writeTogether(
    [config],
    async () => {
      const snapshot = readSnapshot(await folder.read(config.snapshot), config.snapshot)
      return prepareRegeneration(snapshot, config, options, folder)
    },
    ({ writes }) => writes,
    options,
    context,
  )
}

/** A stream of the workspace, regenerated; absent if it has no snapshot, as nothing is queried. */
export interface NamedRegeneration {
  readonly name: string
  readonly regeneration?: Regeneration
}

/**
 * Regenerates the files of several streams of the workspace, and writes all of them or none.
 *
 * @throws StreamsRefused with the losses of all streams
 */
export async function regenerateStreams(
  streams: readonly (readonly [name: string, config: StreamConfig])[],
  options: RegenerateOptions,
  context: LockContext,
): Promise<NamedRegeneration[]> {
  const { folder } = context
  const prepare = async () => {
    const results: NamedRegeneration[] = []
    const refusals: Refusal[] = []
    for (const [name, config] of streams) {
      if (isEmpty(config) && !folder.exists(config.snapshot)) {
        results.push({ name })
        continue
      }
      try {
        const snapshot = readSnapshot(await folder.read(config.snapshot), config.snapshot)
        const own = { ...options, clouds: config.clouds }
        results.push({
          name,
          regeneration: await prepareRegeneration(snapshot, config, own, folder),
        })
      } catch (error) {
        if (!(error instanceof CheckFailure)) throw error
        refusals.push({ name, error })
      }
    }
    if (refusals.length > 0) throw new StreamsRefused(refusals)
    return results
  }
  return writeTogether(
    streams.map(([, config]) => config),
    prepare,
    (results) => results.flatMap(({ regeneration }) => regeneration?.writes ?? []),
    options,
    context,
  )
}

/** Whether a stream has neither builds nor clouds to query, and so no snapshot. */
export function isEmpty({ clouds, builds = {} }: StreamConfig): boolean {
  return clouds?.length === 0 && Object.keys(builds).length === 0
}

export interface Refusal {
  readonly name: string
  readonly error: CheckFailure
}

/** What several streams would lose, before anything is written. */
export class StreamsRefused extends CheckFailure {
  constructor(readonly refusals: readonly Refusal[]) {
    const [first, ...others] = refusals
    const isOne = first !== undefined && others.length === 0
    const remedies = new Set(refusals.map(({ error }) => error.remedy))
    super(
      isOne ? `${first.name}: ${first.error.message}` : `${refusals.length} streams are refused`,
      remedies.size === 1 ? first?.error.remedy : undefined,
    )
  }
}

/** Reads, prepares and writes while no other run writes the streams' files. */
async function writeTogether<T>(
  configs: readonly StreamConfig[],
  prepare: () => Promise<T>,
  writesOf: (result: T) => readonly Write[],
  { dryRun }: RegenerateOptions,
  context: LockContext,
): Promise<T> {
  const { folder } = context
  const files = configs.flatMap(({ target, marketplaceFile }) =>
    [target, marketplaceFile].flatMap((each) => each ?? []),
  )
  if (dryRun || files.length === 0) return prepare()
  // A lock would create a missing folder.
  for (const file of files) folder.checkTarget(file)
  return withLocks(files, context, async () => {
    const result = await prepare()
    await folder.write(writesOf(result))
    return result
  })
}

/**
 * Regenerates the files of a stream, and writes nothing.
 *
 * @throws Loss if something would be lost that the options do not allow
 * @throws Unmet if a slot has no image of the required grade
 */
export async function prepareRegeneration(
  snapshot: Snapshot,
  config: StreamConfig,
  options: RegenerateOptions,
  folder: Folder,
): Promise<Regeneration> {
  const { target, marketplaceFile, layouts, require: requirement } = config
  const { allowRegression = false, keepLost = false, mustExist = false } = options
  const read = (file: string | undefined, isNeeded: boolean) =>
    file === undefined ? undefined : isNeeded ? folder.read(file) : folder.readIfExists(file)
  const hasBuilds = Object.keys(snapshot.builds).length > 0
  const targetText = await read(target, mustExist || !hasBuilds)
  const marketplaceText = await read(marketplaceFile, mustExist)
  const result = regenerate({
    snapshot,
    ...(target !== undefined &&
      targetText !== undefined && { target: readStream(targetText, target) }),
    ...(layouts && { layouts }),
    requirement,
    allowRegression,
    keepLost,
    ...(options.clouds && { clouds: options.clouds }),
    ...(marketplaceFile !== undefined && {
      marketplaceFile: MarketplaceFile.read(marketplaceText, marketplaceFile),
    }),
  })
  const files: RegeneratedFile[] = []
  if (target !== undefined) {
    files.push({ file: target, before: targetText, text: result.stream.print() })
  }
  if (marketplaceFile !== undefined && result.marketplaceFile !== undefined) {
    const text = result.marketplaceFile.print()
    files.push({ file: marketplaceFile, before: marketplaceText, text })
  }
  const writes = files.filter(({ before, text }) => before !== text)
  return { snapshot, result, files, writes }
}
