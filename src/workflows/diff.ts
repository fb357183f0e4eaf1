import { dirname, join } from 'node:path'
import { type Change, compareInventories } from '../core/changes/changes.ts'
import { type Item, toInventory } from '../core/changes/inventory.ts'
import {
  compareStreams,
  type Difference,
  type StreamDiff,
  type StreamFiles,
} from '../core/changes/streams.ts'
import { BUILT_IN } from '../core/criteria/criteria.ts'
import { canonicalJson } from '../core/snapshot/canonical.ts'
import { readSnapshot, recordingFile } from '../core/snapshot/read.ts'
import type { Architecture } from '../core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { getReleases, readStream, type Stream } from '../core/stream/stream.ts'
import { readWorkspace } from '../core/workspace/read.ts'
import { type StreamConfig, streamConfigs, WORKSPACE_FILE } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import { type Folder, STDIN } from '../files/folder.ts'
import {
  explainMissing,
  openTrees,
  readIfInRevision,
  readSinceCommitted,
  splitRevision,
  type Tree,
} from '../files/git/revision.ts'
import type { LockContext } from './locks.ts'
import { unknownStream } from './workspace.ts'

export interface WorkspaceDiffRequest {
  /** Compare with the merge base of this revision; default: HEAD, without a merge base. */
  readonly base?: string | undefined
  /** The later version; default: the working tree. */
  readonly head?: string | undefined
  readonly names?: readonly string[]
}

/**
 * Compares two versions of the streams of a workspace. A version without a workspace file has the
 * streams of the other version, else those of the working tree.
 *
 * @throws InputError for a file or a revision that cannot be read
 */
export async function diffWorkspace(
  { folder }: Pick<LockContext, 'folder'>,
  { base, head, names = [] }: WorkspaceDiffRequest = {},
): Promise<Difference> {
  using trees = await openTrees(folder, base, head)
  const { before, after } = trees
  const file = await findWorkspaceFile(folder, before, after)
  const texts: FilePair = [file, await before.read(file), await after.read(file)]
  const [, oldText, newText] = texts
  const parse = (text: string, name: string): Streams => {
    const workspace = readWorkspace(text, name)
    const configs = streamConfigs(workspace, file, (path) => join(dirname(file), path))
    return new Map(
      [...configs].map(([stream, config]) => {
        const settings = workspace.streams.get(stream)
        return [
          stream,
          { ...config, settings: { ...settings, clouds: workspace.clouds, streams: stream } },
        ]
      }),
    )
  }
  const oldStreams = oldText === undefined ? undefined : parse(oldText, fileName(before, file))
  const newStreams = newText === undefined ? undefined : parse(newText, fileName(after, file))
  const known = newStreams ?? oldStreams ?? parse(await folder.read(file), file)
  const hasBoth = oldStreams !== undefined && newStreams !== undefined
  const [old, fresh] = [oldStreams ?? known, newStreams ?? known]
  const renamed = await renamedStreams([before, old], [after, fresh])
  const all = [...new Set([...fresh.keys(), ...old.keys()])].filter(
    (name) => ![...renamed.values()].includes(name),
  )
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined) throw unknownStream(unknown, all, file)
  const streams: StreamDiff[] = []
  for (const name of all.filter((each) => names.length === 0 || names.includes(each))) {
    const [oldConfig, config] = [old.get(renamed.get(name) ?? name), fresh.get(name)]
    // A stream that is added to the workspace or removed from it may keep its files.
    const own = await readSide(before, oldConfig, config)
    const other = await readSide(after, config, oldConfig)
    streams.push(diffStream(name, own, other, hasBoth))
  }
  const isSame = names.length === 0 && streams.every(({ changes }) => changes.length === 0)
  return {
    ...(before.commit !== undefined && { base: before.commit }),
    streams,
    files: fileChanges([texts], isSame),
  }
}

/**
 * The old names of renamed streams, by their new names. The target or the snapshot is the same file,
 * or was moved.
 */
async function renamedStreams(
  [before, old]: readonly [Tree, Streams],
  [after, fresh]: readonly [Tree, Streams],
): Promise<ReadonlyMap<string, string>> {
  const renamed = new Map<string, string>()
  for (const [name, config] of fresh) {
    for (const [other, oldConfig] of old.has(name) ? [] : old) {
      if (fresh.has(other) || [...renamed.values()].includes(other)) continue
      for (const role of ['target', 'snapshot'] as const) {
        const [path = '', oldPath = ''] = [config[role], oldConfig[role]]
        if (path === oldPath || (await isMoved(oldPath, path, before, after)))
          renamed.set(name, other)
      }
    }
  }
  return renamed
}

/** The file in the working folder or above it, else at the root of the repository. */
async function findWorkspaceFile(folder: Folder, before: Tree, after: Tree): Promise<string> {
  const atRoot = join(folder.repositoryRoot() ?? '', WORKSPACE_FILE)
  for (const place of [folder.findUpwards(WORKSPACE_FILE) ?? atRoot, atRoot]) {
    const texts = [await after.read(place), await before.read(place)]
    if (texts.some((text) => text !== undefined) || folder.exists(place)) return place
  }
  throw new InputError(
    `${WORKSPACE_FILE}: no such file`,
    'Write one with stream-snapshot init, or compare two snapshots with stream-snapshot diff A B.',
  )
}

async function isMoved(from: string, to: string, before: Tree, after: Tree): Promise<boolean> {
  const text = await after.read(to)
  if (text === undefined || text !== (await before.read(from))) return false
  return (await after.read(from)) === undefined
}

/** With the members of the workspace file. */
type Config = StreamConfig & { readonly settings: Readonly<Record<string, unknown>> }
type Streams = ReadonlyMap<string, Config>

function fileName({ label }: Tree, file: string): string {
  return label === undefined ? file : `${label}:${file}`
}

const ROLES = ['snapshot', 'recording', 'target', 'marketplaceFile'] as const
type Role = (typeof ROLES)[number]

function getRolePath(config: Config | undefined, role: Role): string | undefined {
  return role === 'recording' ? config && recordingFile(config.snapshot) : config?.[role]
}

interface Side {
  /** Undefined if the stream is not in the workspace file of this version. */
  readonly config: Config | undefined
  readonly paths: Readonly<Partial<Record<Role, string>>>
  readonly texts: Readonly<Partial<Record<Role, string>>>
  readonly files: StreamFiles
}

/** @param other the stream of the other version, whose files this version may have */
async function readSide(
  tree: Tree,
  config: Config | undefined,
  other: Config | undefined,
): Promise<Side> {
  const texts: Partial<Record<Role, string>> = {}
  const paths: Partial<Record<Role, string>> = {}
  for (const role of ROLES) {
    const path = getRolePath(config ?? other, role)
    if (path === undefined) continue
    paths[role] = path
    const text = await readRole(tree, role, path)
    if (text !== undefined) texts[role] = text
  }
  const parse = <T>(role: Role, read: (text: string, file: string) => T): T | undefined =>
    texts[role] === undefined ? undefined : read(texts[role], fileName(tree, paths[role] ?? ''))
  const files = {
    snapshot: parse('snapshot', readSnapshot),
    stream: parse('target', readStream),
    marketplaceFile: parse('marketplaceFile', MarketplaceFile.read),
    ocp: (config ?? other)?.ocp,
  }
  return { config, paths, texts, files }
}

/** Only the bytes of a recording are compared, so an unreadable one is no error. */
async function readRole(tree: Tree, role: Role, path: string): Promise<string | undefined> {
  try {
    return await tree.read(path)
  } catch (error) {
    if (role !== 'recording' || !(error instanceof InputError)) throw error
    return error.message
  }
}

function diffStream(name: string, before: Side, after: Side, hasSettings: boolean): StreamDiff {
  const diff = compareStreams(name, before.files, after.files)
  const settings = hasSettings
    ? compareItems(settingItems(before, before, after), settingItems(after, before, after))
    : []
  const members =
    before.files.stream && after.files.stream
      ? compareItems(memberItems(before.files.stream), memberItems(after.files.stream))
      : []
  const pairs = ROLES.flatMap((role): FilePair[] => {
    const path = after.paths[role] ?? before.paths[role]
    return path === undefined ? [] : [[path, before.texts[role], after.texts[role]]]
  })
  const isSame = diff.changes.length + settings.length + members.length === 0
  const isAbsent = ({ texts }: Side) => Object.keys(texts).length === 0
  const status = isAbsent(before) ? 'added' : isAbsent(after) ? 'removed' : undefined
  return {
    ...diff,
    ...(status && { status }),
    changes: [...diff.changes, ...members, ...settings, ...fileChanges(pairs, isSame)],
  }
}

/** The members of a target that no build and no image is in. */
function memberItems(stream: Stream): Item[] {
  return stream.otherMembers().map(([path, value]) => ({
    subject: { kind: 'setting', path: `target.${path}` },
    value: canonicalJson(value),
  }))
}

/**
 * The members of a stream in the workspace file, without builds that are the releases of the stream
 * in both versions. Only its name if one version does not have the stream.
 */
function settingItems({ config }: Side, before: Side, after: Side): Item[] {
  const { streams, clouds, builds: _, ...rest } = config?.settings ?? {}
  const isFollowed = (arch: string) =>
    after.config?.builds?.[arch as Architecture] !== undefined &&
    [before, after].every(
      ({ config, files }) => config?.builds?.[arch as Architecture] === files.stream?.release(arch),
    )
  const others = Object.entries(config?.builds ?? {}).filter(([arch]) => !isFollowed(arch))
  const isInBoth = before.config !== undefined && after.config !== undefined
  const members = isInBoth
    ? {
        ...{ streams, clouds, ...rest },
        ...(others.length > 0 && { builds: Object.fromEntries(others) }),
      }
    : { streams }
  return Object.entries(members).flatMap(([name, value]): Item[] => {
    const subject = { kind: 'setting', path: `workspace.${name}` } as const
    return value === undefined ? [] : [{ subject, value: canonicalJson(value) }]
  })
}

type FilePair = readonly [path: string, before: string | undefined, after: string | undefined]

/**
 * Files that are added or removed.
 *
 * @param isSame whether nothing else changes, so that files with other bytes are changes as well
 */
function fileChanges(files: readonly FilePair[], isSame: boolean): Change[] {
  const items = (at: 1 | 2) =>
    files.flatMap((file): Item[] => {
      const subject = { kind: 'file', path: file[0] } as const
      return file[at] === undefined ? [] : [{ subject, value: isSame ? file[at] : '' }]
    })
  return compareItems(items(1), items(2))
}

function compareItems(before: readonly Item[], after: readonly Item[]): Change[] {
  const [old, fresh] = [toInventory(before), toInventory(after)]
  return [...compareInventories(old, fresh, BUILT_IN.rhel).changes]
}

export interface SnapshotDiffRequest {
  /** A path or `REVISION:PATH`. */
  readonly before: string
  /** Default: `before` is compared with HEAD. */
  readonly after?: string | undefined
  /** A stream with the releases of architectures without a build. */
  readonly target?: string | undefined
}

/**
 * Compares two snapshots, or a snapshot with its version in HEAD.
 *
 * @param onMissing called for a file that is missing in its revision, and compared as empty
 * @throws InputError for an unreadable file or revision
 */
export async function diffSnapshots(
  folder: Folder,
  { before: name, after: otherName, target }: SnapshotDiffRequest,
  onMissing: (name: string) => void,
): Promise<Difference> {
  const read = async (each: string) => {
    if (each === STDIN) return readSnapshot(await folder.read(each), 'stdin')
    const text = each === NO_FILE ? undefined : await readIfInRevision(folder, each)
    if (text === undefined && each !== NO_FILE) onMissing(each)
    return text === undefined ? undefined : readSnapshot(text, each)
  }
  const { path } = folder.exists(name) ? {} : splitRevision(name)
  const other = otherName ?? (path && `HEAD:${path}`)
  const [before, after] =
    other === undefined
      ? await readSinceHead(folder, name, readSnapshot)
      : [await read(name), await read(other)]
  const later = after ?? before
  if (later === undefined) {
    if (path !== undefined && otherName === undefined) {
      throw new InputError(
        `${name}: no such file in this revision or in HEAD`,
        'Use the path of a snapshot in this revision.',
      )
    }
    throw otherName === undefined
      ? await explainMissing(name, folder)
      : new InputError(
          `${name} and ${otherName}: no such files`,
          'Specify at least one existing snapshot.',
        )
  }
  const releases =
    target === undefined ? undefined : readReleases(await folder.read(target), target)
  const [committed] =
    target !== undefined && otherName === undefined
      ? await readSinceHead(folder, target, readReleases)
      : []
  const stream = compareStreams(
    later.stream.name,
    { snapshot: before, releases: committed ?? releases },
    { snapshot: after, releases },
  )
  return { streams: [stream], files: [] }
}

const NO_FILE = '/dev/null'

/** @param files temporary files of git, or `/dev/null`; errors name `path` instead */
export async function diffBlobs(
  folder: Folder,
  path: string,
  files: readonly (string | undefined)[],
): Promise<Difference> {
  const [before, after] = await Promise.all(
    files.map(async (file = NO_FILE) => {
      const text = file === NO_FILE ? undefined : await folder.readIfExists(file)
      return text === undefined ? undefined : readSnapshot(text, path)
    }),
  )
  const name = (after ?? before)?.stream.name ?? path
  return { streams: [compareStreams(name, { snapshot: before }, { snapshot: after })], files: [] }
}

function readReleases(text: string, file: string) {
  return getReleases(readStream(text, file))
}

/** A file in HEAD, and in the working tree. */
async function readSinceHead<T>(
  folder: Folder,
  file: string,
  read: (text: string, name: string) => T,
): Promise<(T | undefined)[]> {
  const [before, after] = await readSinceCommitted(folder, file)
  return [
    before === undefined ? undefined : read(before, `HEAD:${file}`),
    after === undefined ? undefined : read(after, file),
  ]
}
