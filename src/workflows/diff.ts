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
import { readSnapshot } from '../core/snapshot/read.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readStream } from '../core/stream/stream.ts'
import { readWorkspace } from '../core/workspace/read.ts'
import { type StreamConfig, streamConfigs, WORKSPACE_FILE } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { openTrees, type Tree } from '../files/git/revision.ts'
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
  const { before, after } = await openTrees(folder, base, head)
  const file = await findWorkspaceFile(folder, before, after)
  const texts: FilePair = [file, await before.read(file), await after.read(file)]
  const [, oldText, newText] = texts
  const parse = (text: string, name: string): Streams =>
    streamConfigs(readWorkspace(text, name), (path) => join(dirname(file), path))
  const oldStreams = oldText === undefined ? undefined : parse(oldText, fileName(before, file))
  const newStreams = newText === undefined ? undefined : parse(newText, fileName(after, file))
  const known = newStreams ?? oldStreams ?? parse(await folder.read(file), file)
  const hasBoth = oldStreams !== undefined && newStreams !== undefined
  const [old, fresh] = [oldStreams ?? known, newStreams ?? known]
  const renamed = renamedStreams(old, fresh)
  const all = [...new Set([...fresh.keys(), ...old.keys()])].filter(
    (name) => ![...renamed.values()].includes(name),
  )
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined) throw unknownStream(unknown, all, file)
  const streams: StreamDiff[] = []
  for (const name of all.filter((each) => names.length === 0 || names.includes(each))) {
    const own = await readSide(before, old.get(renamed.get(name) ?? name))
    const other = await readSide(after, fresh.get(name))
    streams.push(diffStream(name, own, other, hasBoth))
  }
  return {
    ...(before.commit !== undefined && { base: before.commit }),
    streams,
    files: fileChanges([texts], !hasBoth),
  }
}

/** The old names of renamed streams, by their new names. The target or the snapshot is the same. */
function renamedStreams(old: Streams, fresh: Streams): ReadonlyMap<string, string> {
  const removed = [...old].filter(([name]) => !fresh.has(name))
  const added = [...fresh].filter(([name]) => !old.has(name))
  return new Map(
    added.flatMap(([name, { target, snapshot }]): [string, string][] => {
      const [before] =
        removed.find(
          ([, each]) =>
            (target && each.target === target) || (snapshot && each.snapshot === snapshot),
        ) ?? []
      return before === undefined ? [] : [[name, before]]
    }),
  )
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

type Streams = ReadonlyMap<string, StreamConfig>

function fileName({ label }: Tree, file: string): string {
  return label === undefined ? file : `${label}:${file}`
}

const ROLES = ['snapshot', 'target', 'marketplaceFile'] as const
type Role = (typeof ROLES)[number]

interface Side {
  /** Undefined if the stream is not in the workspace file of this version. */
  readonly config: StreamConfig | undefined
  readonly texts: Readonly<Partial<Record<Role, string>>>
  readonly files: StreamFiles
}

async function readSide(tree: Tree, config: StreamConfig | undefined): Promise<Side> {
  const texts: Partial<Record<Role, string>> = {}
  for (const role of ROLES) {
    const path = config?.[role]
    const text = path === undefined ? undefined : await tree.read(path)
    if (text !== undefined) texts[role] = text
  }
  const parse = <T>(role: Role, read: (text: string, file: string) => T): T | undefined =>
    texts[role] === undefined ? undefined : read(texts[role], fileName(tree, config?.[role] ?? ''))
  const files = {
    snapshot: parse('snapshot', readSnapshot),
    stream: parse('target', readStream),
    marketplaceFile: parse('marketplaceFile', MarketplaceFile.read),
    ocp: config?.ocp,
  }
  return { config, texts, files }
}

function diffStream(name: string, before: Side, after: Side, hasSettings: boolean): StreamDiff {
  const diff = compareStreams(name, before.files, after.files)
  const settings = hasSettings ? compareItems(settingItems(before), settingItems(after)) : []
  const pairs = ROLES.flatMap((role): FilePair[] => {
    const path = after.config?.[role] ?? before.config?.[role]
    return path === undefined ? [] : [[path, before.texts[role], after.texts[role]]]
  })
  const isSame = diff.changes.length + settings.length === 0
  const isAbsent = ({ texts }: Side) => Object.keys(texts).length === 0
  const status = isAbsent(before) ? 'added' : isAbsent(after) ? 'removed' : undefined
  return {
    ...diff,
    ...(status && { status }),
    changes: [...diff.changes, ...settings, ...fileChanges(pairs, isSame)],
  }
}

/** The members of a stream in the workspace file, without the builds of the stream itself. */
function settingItems({ config, files: { stream } }: Side): Item[] {
  const { builds = {}, ...rest } = config ?? {}
  const others = Object.entries(builds).filter(([arch, own]) => stream?.release(arch) !== own)
  const members = { ...rest, ...(others.length > 0 && { builds: Object.fromEntries(others) }) }
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
