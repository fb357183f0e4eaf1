import { Loss } from '../core/regenerate/refusals.ts'
import { type Regenerated, regenerate } from '../core/regenerate/regenerate.ts'
import { readSnapshot } from '../core/snapshot/read.ts'
import type { Snapshot } from '../core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readStream } from '../core/stream/stream.ts'
import {
  hasNothing,
  type StreamConfig,
  settingName,
  targetFiles,
  WORKSPACE_FILE,
} from '../core/workspace/workspace.ts'
import { CheckFailure, InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { isModified } from '../files/git/git.ts'
import type { Write } from '../files/write.ts'
import { counted, shellWords } from '../printable.ts'
import { type LockContext, writeLocked } from './locks.ts'
import { refuseOtherOcp } from './settings.ts'

export interface RegenerateOptions {
  /** Whether images and builds may be removed, or replaced by older images. */
  readonly allowRegression?: boolean
  /** Whether images of the target in lost regions are kept. */
  readonly keepLost?: boolean
  /** Whether nothing is written. */
  readonly dryRun?: boolean
  /** Clouds, regions and architectures that are removed from the files too. */
  readonly drop?: readonly string[] | undefined
}

export interface RegeneratedFile extends Write {
  /** Undefined for a file that does not exist. */
  readonly before: string | undefined
}

export interface Regeneration {
  readonly snapshot: Snapshot
  readonly result: Regenerated
  readonly files: readonly RegeneratedFile[]
  readonly writes: readonly RegeneratedFile[]
}

/**
 * Regenerates the files of a stream from its snapshot, and writes those that change. Without a target
 * and a marketplace file, the stream is only in the result.
 *
 * @throws Loss if something would be lost that the options do not allow
 * @throws Unmet if a slot has no image of the required grade
 */
export async function regenerateStream(
  config: StreamConfig,
  options: RegenerateOptions,
  context: LockContext,
): Promise<Regeneration> {
  refuseSameFiles(config, context.folder)
  const prepare = () => readRegeneration(config, options, context.folder)
  return options.dryRun ? prepare() : writeLocked([], targetFiles(config), context, prepare)
}

/** @throws InputError if the options name one file twice */
export function refuseSameFiles(
  { snapshot, target, marketplaceFile }: StreamConfig,
  folder: Folder,
): void {
  const owners = new Map([[folder.realPath(snapshot), 'the snapshot']])
  for (const [option, file] of Object.entries({
    '--target': target,
    '--marketplace-file': marketplaceFile,
  })) {
    if (file === undefined) continue
    const path = folder.realPath(file)
    const owner = owners.get(path)
    if (owner !== undefined) {
      throw new InputError(`${option} ${file}: the same file as ${owner}`, 'Use two files.')
    }
    owners.set(path, option)
  }
}

export interface NamedRegeneration {
  readonly name: string
  /** Undefined for a stream without builds and clouds. */
  readonly regeneration?: Regeneration | undefined
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
) {
  const { folder } = context
  const prepare = async () => {
    const results: NamedRegeneration[] = []
    const refusals = new Refusals()
    for (const [name, config] of streams) {
      const isEmpty = hasNothing(config) && !folder.exists(config.snapshot)
      const regeneration = isEmpty
        ? undefined
        : await refusals.catch(name, () => readRegeneration(config, options, folder, name))
      results.push({ name, regeneration })
    }
    refusals.throwAny()
    const writes = results.flatMap(({ regeneration }) => regeneration?.writes ?? [])
    return { streams: results, writes }
  }
  const targets = streams.flatMap(([, config]) => targetFiles(config))
  return options.dryRun ? prepare() : writeLocked([], targets, context, prepare)
}

interface Refusal {
  readonly name: string
  readonly error: CheckFailure
}

export class Refusals {
  readonly #all: Refusal[] = []

  async catch<T>(name: string, work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error
      this.#all.push({ name, error })
      return undefined
    }
  }

  throwAny(): void {
    if (this.#all.length > 0) throw new StreamsRefused(this.#all)
  }
}

/** The refusals of all streams, before anything is written. */
export class StreamsRefused extends CheckFailure {
  constructor(readonly refusals: readonly Refusal[]) {
    const [first, ...others] = refusals
    const isOne = first !== undefined && others.length === 0
    const remedies = new Set(refusals.map(({ error }) => error.remedy))
    super(
      isOne
        ? `${first.name}: ${first.error.message}`
        : `${counted(new Set(refusals.map(({ name }) => name)).size, 'stream')} refused`,
      remedies.size === 1 ? first?.error.remedy : undefined,
    )
  }
}

/** @param name of a workspace stream; its OCP version is checked */
async function readRegeneration(
  config: StreamConfig,
  options: RegenerateOptions,
  folder: Folder,
  name?: string,
): Promise<Regeneration> {
  const snapshot = readSnapshot(await folder.read(config.snapshot), config.snapshot)
  if (name !== undefined) {
    const file = folder.findUpwards(WORKSPACE_FILE) ?? WORKSPACE_FILE
    await refuseOtherOcp({ name, config, file, folder }, snapshot)
  }
  return prepareRegeneration(snapshot, config, options, folder).catch(async (error) => {
    throw await withUndo(error, config, folder)
  })
}

/** Adds the command that undoes edits of the files, which may be the cause of a loss. */
async function withUndo(error: unknown, config: StreamConfig, folder: Folder): Promise<unknown> {
  const files = targetFiles(config)
  const isEdited =
    error instanceof Loss &&
    (await isModified(folder, files)) &&
    !(await isModified(folder, [config.snapshot]))
  if (!isEdited) return error
  const remedy = `${error.remedy} To undo your edits, run git checkout -- ${shellWords(files)}`
  return Object.assign(error, { remedy })
}

interface PrepareOptions extends Omit<RegenerateOptions, 'dryRun'> {
  /** The snapshot that a capture replaces. */
  readonly former?: Snapshot | undefined
}

/**
 * Regenerates the files of a stream, and writes nothing.
 *
 * @param mustExist whether a missing file is an error; otherwise it would be created
 * @throws Loss if something would be lost that the options do not allow
 * @throws Unmet if a slot has no image of the required grade
 */
export async function prepareRegeneration(
  snapshot: Snapshot,
  config: StreamConfig,
  { allowRegression = false, keepLost = false, drop = [], former }: PrepareOptions,
  folder: Folder,
  mustExist = false,
): Promise<Regeneration> {
  const { target, marketplaceFile, layouts, clouds, require: requirement } = config
  const read = async (file: string | undefined, isNeeded: boolean) =>
    file === undefined ? undefined : isNeeded ? folder.read(file) : folder.readIfExists(file)
  const hasBuilds = Object.keys(snapshot.builds).length > 0
  const targetText = await read(target, mustExist || !hasBuilds)
  const marketplaceText = await read(marketplaceFile, mustExist)
  const result = regenerate({
    snapshot,
    former,
    target: target && targetText !== undefined ? readStream(targetText, target) : undefined,
    layouts,
    requirement,
    requirementSetting: settingName(config, 'require'),
    allowRegression,
    keepLost,
    clouds: clouds?.filter((cloud) => !drop.includes(cloud)),
    drop,
    marketplaceFile: marketplaceFile
      ? MarketplaceFile.read(marketplaceText, marketplaceFile)
      : undefined,
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
