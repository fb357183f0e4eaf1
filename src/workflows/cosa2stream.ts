import { impliedPlace, type NamedBuild } from '../core/builds/locate.ts'
import { type CloudName, capturedClouds } from '../core/snapshot/snapshot.ts'
import {
  printWorkspace,
  type StreamConfig,
  targetFiles,
  WORKSPACE_FILE,
  withStreamKeys,
} from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'
import {
  type CaptureContext,
  type CaptureOptions,
  type CaptureResult,
  prepareCapture,
  refuseLosses,
} from './capture.ts'
import { missingName } from './capture-plan.ts'
import { withLocks, writeLocked } from './locks.ts'
import { prepareRegeneration, type RegenerateOptions, refuseSameFiles } from './regenerate.ts'
import { findMarketplaceFile, findWorkspace, type OpenedWorkspace, ownerIn } from './workspace.ts'

interface Cosa2streamOptions extends CaptureOptions, RegenerateOptions {
  readonly builds: readonly NamedBuild[]
}

/**
 * Captures builds and marketplace images, and regenerates the target. For a target of the workspace,
 * the snapshot, files and settings of the stream are used, and the workspace file gets the builds.
 * Without credentials or an OCP version, marketplace images are unchanged.
 *
 * @throws UserError; then no file was changed
 */
export async function cosa2stream(
  flags: Partial<StreamConfig>,
  options: Cosa2streamOptions,
  context: CaptureContext,
) {
  const { folder } = context
  const find = async () => {
    const opened = await findWorkspace(folder)
    return { opened, ...findStream(flags, options, opened, folder) }
  }
  const writesSnapshot = flags.target !== undefined || flags.snapshot !== undefined
  const prepare = async ({ opened, name, config, clouds }: Awaited<ReturnType<typeof find>>) => {
    const capture = await prepareCapture(config, { ...options, allowsBuildsOnly: true }, context)
    refuseLosses(config.snapshot, capture)
    // The flags limit the queries, not the clouds of the stream.
    const { clouds: _, ...own } = config
    const regeneration = await prepareRegeneration(
      capture.snapshot,
      { ...own, ...(clouds && { clouds }) },
      { ...options, former: capture.before },
      folder,
    )
    const writes = [
      ...(name !== undefined && opened
        ? workspaceWrites(name, opened, options, { config, capture })
        : []),
      ...(writesSnapshot ? capture.writes : []),
      ...regeneration.writes,
    ]
    const notes = [...capture.notes, ...notesOnFile(name, config, capture, folder)]
    return { stream: name, config, capture: { ...capture, notes }, regeneration, writes }
  }
  if (options.dryRun || !writesSnapshot) return prepare(await find())
  const workspace = folder.findUpwards(WORKSPACE_FILE)
  return withLocks(workspace === undefined ? [] : [workspace], context, async () => {
    const found = await find()
    const { config } = found
    return writeLocked([config.snapshot], targetFiles(config), context, () => prepare(found))
  })
}

/** Without a workspace, images are not written to a marketplace file that is not named. */
function notesOnFile(
  name: string | undefined,
  { target, marketplaceFile, layouts }: StreamConfig,
  { snapshot }: CaptureResult,
  folder: Folder,
): string[] {
  if (name !== undefined || target === undefined || marketplaceFile !== undefined) return []
  const file = findMarketplaceFile(folder, target, undefined)
  const hasImages = layouts?.length !== 0 && capturedClouds(snapshot).length > 0
  if (!hasImages || file === undefined) return []
  return [
    `marketplace images are in ${target}, not in ${file}; add --marketplace-file ${file}, or run stream-snapshot init`,
  ]
}

interface FoundStream {
  readonly name?: string
  readonly config: StreamConfig
  readonly clouds?: readonly CloudName[] | undefined
}

/** The workspace stream of the target with the flags, else the flags alone. */
function findStream(
  flags: Partial<StreamConfig>,
  { builds }: Cosa2streamOptions,
  opened: OpenedWorkspace | undefined,
  folder: Folder,
): FoundStream {
  const { target } = flags
  const owner = target === undefined ? undefined : ownerIn(opened, folder, target)
  if (owner === undefined) {
    const streamName = flags.name ?? impliedPlace(builds, flags)?.name
    if (streamName === undefined && flags.snapshot === undefined) throw missingName(flags)
    const snapshot = flags.snapshot ?? `snapshots/${streamName}.json`
    const config = { require: 'any', ...flags, snapshot } as const
    refuseSameFiles(config, folder)
    return { config }
  }
  const { name, config: own } = owner
  for (const [option, key] of [
    ['--target', 'target'],
    ['--snapshot', 'snapshot'],
    ['--marketplace-file', 'marketplaceFile'],
  ] as const) {
    const [path, known] = [flags[key], own[key]]
    if (path === undefined || folder.resolve(path) === folder.resolve(known ?? '')) continue
    throw new InputError(
      `${option} ${path}: stream ${name} in ${owner.file} has ${known ?? 'none'}`,
      known === undefined ? `Remove ${option}.` : `Use ${option} ${known}.`,
    )
  }
  return { name, clouds: own.clouds, config: { ...own, ...flags, snapshot: own.snapshot } }
}

function workspaceWrites(
  name: string,
  { file, text, workspace }: OpenedWorkspace,
  { ocp, drop = [] }: Cosa2streamOptions,
  { config, capture }: { readonly config: StreamConfig; readonly capture: CaptureResult },
): Write[] {
  const { snapshot, kept } = capture
  const captured = Object.entries(snapshot.builds)
    .filter(([architecture]) => !kept.includes(architecture))
    .map(([architecture, { release }]) => [architecture, release])
  const others = Object.entries(config.builds ?? {}).filter(([each]) => !drop.includes(each))
  const builds = Object.fromEntries([...others, ...captured])
  const keys = { builds, ...(ocp !== undefined && { ocp }) }
  const changed = printWorkspace(withStreamKeys(workspace, new Map([[name, keys]])))
  return changed === text ? [] : [{ file, text: changed }]
}
