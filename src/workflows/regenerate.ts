import { type Regenerated, regenerate } from '../core/regenerate/regenerate.ts'
import { readSnapshot } from '../core/snapshot/read.ts'
import type { Snapshot } from '../core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../core/stream/marketplace-file.ts'
import { readStream } from '../core/stream/stream.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
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
  const prepare = async () => {
    const snapshot = readSnapshot(await folder.read(config.snapshot), config.snapshot)
    return prepareRegeneration(snapshot, config, options, folder)
  }
  const files = [config.target, config.marketplaceFile].flatMap((each) => each ?? [])
  if (options.dryRun || files.length === 0) return prepare()
  for (const file of files) folder.checkTarget(file)
  return withLocks(files, context, async () => {
    const regeneration = await prepare()
    await folder.write(regeneration.writes)
    return regeneration
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
