import { dirname, join } from 'node:path'
import { type Change, compareInventories } from '../core/changes/changes.ts'
import { type Inventory, type Item, toInventory } from '../core/changes/inventory.ts'
import {
  compareStreams,
  type Difference,
  type StreamDiff,
  type StreamFiles,
} from '../core/changes/streams.ts'
import { BUILT_IN } from '../core/criteria/criteria.ts'
import { canonicalJson } from '../core/snapshot/canonical.ts'
import { readSnapshot } from '../core/snapshot/read.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readStream } from '../core/stream/stream.ts'
import { readWorkspace } from '../core/workspace/read.ts'
import { type StreamConfig, streamConfigs, WORKSPACE_FILE } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { openHead, openTrees, type Tree } from '../files/git/revision.ts'
import type { LockContext } from './locks.ts'

export interface WorkspaceDiffRequest {
  /** Compare with the merge base of this revision; default: HEAD, without a merge base. */
  readonly base?: string | undefined
  /** The later version; default: the working tree. */
  readonly head?: string | undefined
  /** Names of streams; none for all. */
  readonly names?: readonly string[]
}

/**
 * Compares two versions of the streams of a workspace. Where a version has no workspace file, its
 * streams are those of the other version, or of the working tree.
 *
 * @throws InputError for a file or a revision that cannot be read
 */
export async function diffWorkspace(
  { folder }: Pick<LockContext, 'folder'>,
  { base, head, names = [] }: WorkspaceDiffRequest = {},
): Promise<Difference> {
  const { before, after } =
    base === undefined ? await openHead(folder) : await openTrees(folder, base, head)
  const file = await findWorkspaceFile(folder, before, after)
  const [old, fresh] = [await openVersion(before, file), await openVersion(after, file)]
  const known = fresh.streams ?? old.streams ?? (await readStreams(folder, file))
  const pairs = pairStreams(old.streams ?? known, fresh.streams ?? known)
  const unknown = names.find((name) => !pairs.some((pair) => pair.name === name))
  if (unknown !== undefined) throw new InputError(`${unknown}: no such stream in ${file}`)
  const chosen = pairs.filter(({ name }) => names.length === 0 || names.includes(name))
  const hasSettings = old.streams !== undefined && fresh.streams !== undefined
  const streams: StreamDiff[] = []
  for (const pair of chosen) streams.push(await diffStream(before, after, pair, hasSettings))
  return {
    ...(before.commit !== undefined && { base: before.commit }),
    streams,
    files: fileChanges(
      [[file, old.text, fresh.text]],
      old.streams === undefined || fresh.streams === undefined,
    ),
  }
}

/** In the working folder or above it; of a version that has none, at the root of the repository. */
async function findWorkspaceFile(folder: Folder, before: Tree, after: Tree): Promise<string> {
  const root = folder.repositoryRoot() ?? ''
  const places = [
    folder.findUpwards(WORKSPACE_FILE),
    root === '' ? WORKSPACE_FILE : `${root}/${WORKSPACE_FILE}`,
  ]
  for (const place of places) {
    if (place === undefined) continue
    for (const tree of [after, before]) {
      if ((await tree.read(place)) !== undefined) return place
    }
    if (folder.exists(place)) return place
  }
  throw new InputError(
    `${WORKSPACE_FILE}: no such file`,
    'stream-snapshot init writes one; diff A B compares two snapshots without it.',
  )
}

async function readStreams(folder: Folder, file: string): Promise<Streams> {
  const workspace = readWorkspace(await folder.read(file), file)
  return streamConfigs(workspace, (path) => join(dirname(file), path))
}

interface WorkspaceVersion {
  readonly text?: string
  readonly streams?: Streams
}

async function openVersion(tree: Tree, file: string): Promise<WorkspaceVersion> {
  const text = await tree.read(file)
  if (text === undefined) return {}
  const workspace = readWorkspace(text, fileName(tree, file))
  return { text, streams: streamConfigs(workspace, (path) => join(dirname(file), path)) }
}

/** What messages call a file of a version. */
function fileName({ label }: Tree, file: string): string {
  return label === undefined ? file : `${label}:${file}`
}

/** A stream in two versions of the workspace file; a side is absent where the version has no such stream. */
interface Pair {
  readonly name: string
  readonly before?: StreamConfig | undefined
  readonly after?: StreamConfig | undefined
}

type Streams = ReadonlyMap<string, StreamConfig>

/** By name, and a stream with a new name by its target or its snapshot. */
function pairStreams(before: Streams, after: Streams): Pair[] {
  const renamed = new Map<string, string>()
  for (const [name, config] of after) {
    if (before.has(name)) continue
    const [old] =
      [...before].find(
        ([each, { target, snapshot }]) =>
          !after.has(each) && (target === config.target || snapshot === config.snapshot),
      ) ?? []
    if (old !== undefined) renamed.set(name, old)
  }
  const taken = new Set(renamed.values())
  const kept = [...after].map(([name, config]) => ({
    name,
    before: before.get(renamed.get(name) ?? name),
    after: config,
  }))
  const removed = [...before]
    .filter(([name]) => !after.has(name) && !taken.has(name))
    .map(([name, config]) => ({ name, before: config }))
  return [...kept, ...removed]
}

async function diffStream(
  before: Tree,
  after: Tree,
  pair: Pair,
  hasSettings: boolean,
): Promise<StreamDiff> {
  const old = await readFiles(before, pair.before)
  const fresh = await readFiles(after, pair.after)
  const diff = compareStreams(pair.name, old.files, fresh.files)
  const settings = hasSettings
    ? compareInventories(
        settingInventory(pair.before, old.files),
        settingInventory(pair.after, fresh.files),
        BUILT_IN.rhel,
      ).changes
    : []
  const isSame = diff.changes.length + settings.length === 0
  const files = fileChanges(pairFiles(pair, old.texts, fresh.texts), isSame)
  const status = old.texts.size === 0 ? 'added' : fresh.texts.size === 0 ? 'removed' : undefined
  return {
    ...diff,
    ...(status && { status }),
    changes: [...diff.changes, ...settings, ...files],
  }
}

interface ReadFiles {
  readonly files: StreamFiles
  /** By the role of the file in the workspace. */
  readonly texts: ReadonlyMap<Role, string>
}

const ROLES = ['snapshot', 'target', 'marketplaceFile'] as const
type Role = (typeof ROLES)[number]

async function readFiles(tree: Tree, config: StreamConfig | undefined): Promise<ReadFiles> {
  if (config === undefined) return { files: {}, texts: new Map() }
  const texts = new Map<Role, string>()
  for (const role of ROLES) {
    const path = config[role]
    const text = path === undefined ? undefined : await tree.read(path)
    if (text !== undefined) texts.set(role, text)
  }
  const parse = <T>(role: Role, read: (text: string, file: string) => T): T | undefined => {
    const text = texts.get(role)
    return text === undefined ? undefined : read(text, fileName(tree, config[role] ?? ''))
  }
  return {
    texts,
    files: {
      snapshot: parse('snapshot', readSnapshot),
      stream: parse('target', readStream),
      marketplaceFile: parse('marketplaceFile', MarketplaceFile.read),
      ocp: config.ocp,
    },
  }
}

/** The members of a stream in the workspace file. Builds that the stream has already are left out. */
function settingInventory(config: StreamConfig | undefined, { stream }: StreamFiles): Inventory {
  const { builds, ...rest } = config ?? { builds: undefined }
  const others = Object.entries(builds ?? {}).filter(
    ([arch, release]) => stream?.release(arch) !== release,
  )
  const members = { ...rest, ...(others.length > 0 && { builds: Object.fromEntries(others) }) }
  return toInventory(
    Object.entries(members).flatMap(([name, value]): Item[] =>
      value === undefined
        ? []
        : [
            {
              subject: { kind: 'setting', path: `workspace.${name}` },
              value: canonicalJson(value),
            },
          ],
    ),
  )
}

type FilePair = readonly [path: string, before: string | undefined, after: string | undefined]

function pairFiles(pair: Pair, before: ReadFiles['texts'], after: ReadFiles['texts']): FilePair[] {
  return ROLES.flatMap((role): FilePair[] => {
    const path = pair.after?.[role] ?? pair.before?.[role]
    return path === undefined ? [] : [[path, before.get(role), after.get(role)]]
  })
}

/**
 * Files that are added or removed.
 *
 * @param isSame whether nothing else changes: then files with other bytes are changes as well
 */
function fileChanges(files: readonly FilePair[], isSame: boolean): Change[] {
  const side = (texts: (file: FilePair) => string | undefined) =>
    toInventory(
      files.flatMap((file): Item[] => {
        const text = texts(file)
        return text === undefined
          ? []
          : [{ subject: { kind: 'file', path: file[0] }, value: isSame ? text : '' }]
      }),
    )
  return compareInventories(
    side(([, before]) => before),
    side(([, , after]) => after),
    BUILT_IN.rhel,
  ).changes.slice()
}
