import { basename, dirname, join, relative } from 'node:path'
import { compareAsNumbers } from '../core/clouds/order.ts'
import { groupBy } from '../core/group.ts'
import { readShape } from '../core/snapshot/read.ts'
import { CLOUDS, DEFAULT_CLOUD } from '../core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { isStream, readStream, type Stream } from '../core/stream/stream.ts'
import { type MajorMinor, printMajorMinor, readMajorMinor } from '../core/versions/version.ts'
import { type Described, describeStream } from '../core/workspace/describe.ts'
import {
  printNewWorkspace,
  WORKSPACE_FILE,
  type Workspace,
  type WorkspaceStream,
} from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { currentBranch } from '../files/git/git.ts'
import { type LockContext, withLocks } from './locks.ts'
import { MARKETPLACE_FOLDER, marketplaceFilesFor, shortName } from './workspace.ts'

/** Folders in which repositories keep their streams. */
const STREAM_FOLDERS = ['.', 'data/data/coreos', 'data/data', 'data', 'streams', 'coreos', 'demo']

const SNAPSHOTS = 'snapshots'

interface InitOptions {
  /** Stream files; empty for those in the usual folders. */
  readonly files: readonly string[]
  readonly ocp?: string | undefined
}

export interface InitStream {
  readonly name: string
  readonly content: Stream
  readonly config: WorkspaceStream
  readonly ocp: Described['ocp']
}

/**
 * Finds the streams of a repository and writes its workspace file.
 *
 * @returns the written files, the path from the working folder to the root, the streams, and warnings
 *   about contradicting sources
 * @throws InputError if there is a workspace file, no stream, or a stream of unknown OCP version
 */
export function initWorkspace(options: InitOptions, context: LockContext) {
  const file = join(context.folder.repositoryRoot() ?? '', WORKSPACE_FILE)
  return withLocks([file], context, () => writeWorkspace(file, options, context.folder))
}

async function writeWorkspace(file: string, { files, ocp }: InitOptions, folder: Folder) {
  const root = dirname(file)
  if (folder.exists(file)) {
    throw new InputError(
      `${file}: already exists`,
      'Edit the file, or remove it and run stream-snapshot init again.',
    )
  }
  const found = files.length > 0 ? await readNamed(folder, files, root) : await search(folder, root)
  if (found.length === 0) {
    throw new InputError(
      `no stream file in ${STREAM_FOLDERS.map((each) => join(root, each)).join(', ')}`,
      'Specify the files: stream-snapshot init STREAM_FILE ...',
    )
  }
  const names = nameStreams(found.map((each) => relative(root, each.file)))
  const marketplaces = await findMarketplaceFiles(folder, found)
  const option = ocp === undefined ? undefined : readMajorMinor(ocp)
  const streams: (InitStream & Described)[] = []
  for (const [at, each] of found.entries()) {
    streams.push(await describe(folder, names[at] ?? '', each, marketplaces[at], root, option))
  }
  streams.sort((a, b) => compareAsNumbers(a.name, b.name))
  refuseUnknown(streams)
  const clouds = CLOUDS.filter((cloud) => streams.some((each) => each.clouds.includes(cloud)))
  const workspace: Workspace = {
    clouds: clouds.length > 0 ? clouds : [DEFAULT_CLOUD],
    streams: new Map(streams.map(({ name, config }) => [name, config])),
  }
  const attributes = await newAttributes(folder, root)
  const writes = [...attributes, { file, text: printNewWorkspace(workspace) }]
  await folder.write(writes)
  const written = writes.map((each) => each.file)
  return { written, root, streams, conflicts: findConflicts(streams) }
}

interface Found {
  readonly file: string
  readonly stream: Stream
}

async function readNamed(folder: Folder, files: readonly string[], root: string): Promise<Found[]> {
  const unique = [...new Set(files.map((file) => folder.relative(folder.resolve(file))))]
  const found: Found[] = []
  for (const file of unique) {
    if (relative(root, file).startsWith('..')) {
      throw new InputError(
        `${file}: outside of the repository`,
        'Run init in the repository of this file.',
      )
    }
    found.push({ file, stream: readStream(await folder.read(file), file) })
  }
  return found
}

async function search(folder: Folder, root: string): Promise<Found[]> {
  const found: Found[] = []
  for (const place of STREAM_FOLDERS.map((each) => join(root, each))) {
    for (const file of folder.list(place, '.json').map((name) => join(place, name))) {
      const text = await folder.readIfExists(file).catch((error) => {
        // The other JSON files of a repository are at its root.
        if (place !== root && place !== '.') throw error
      })
      if (text && mayBeStream(text)) found.push({ file, stream: readStream(text, file) })
    }
  }
  return found
}

/** Also true for a malformed stream, so that the error is reported. */
function mayBeStream(text: string): boolean {
  if (isStream(text)) return true
  try {
    JSON.parse(text)
    return false
  } catch {
    return ['stream', 'architectures'].every((key) => new RegExp(`"${key}"\\s*:`).test(text))
  }
}

/** The short names of files, with the folder if two streams have the same short name. */
function nameStreams(files: readonly string[]): string[] {
  const shorts = groupBy(files, (file) => toName(shortName(file)).toLowerCase())
  const taken = new Set<string>()
  return files.map((file) => {
    const short = toName(shortName(file))
    const isShared = (shorts.get(short.toLowerCase())?.length ?? 0) > 1
    const own = isShared ? toName(file.replace(/\.json$/, '')) : short
    let name = own
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${own}-${number}`
    taken.add(name.toLowerCase())
    return name
  })
}

/** Replaces characters that the name of a stream cannot contain. */
function toName(text: string): string {
  return text.replaceAll(/[^\w.+-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'stream'
}

interface FoundMarketplace {
  readonly file: string
  /** Undefined for a file that does not exist yet. */
  readonly content?: MarketplaceFile
}

/** If one stream has a marketplace file, every stream gets one. */
async function findMarketplaceFiles(
  folder: Folder,
  found: readonly Found[],
): Promise<(FoundMarketplace | undefined)[]> {
  const all: (FoundMarketplace | undefined)[] = []
  for (const { file } of found) all.push(await findMarketplaceFile(folder, file))
  const existing = all.flatMap((each) => each?.file ?? [])
  const [model] = existing
  if (model === undefined) return all
  const isInFolder = basename(dirname(model)) === MARKETPLACE_FOLDER
  return found.map(({ file: stream }, at) => {
    if (all[at]) return all[at]
    const name = basename(stream)
    const own = isInFolder ? join(MARKETPLACE_FOLDER, name) : `marketplace-${name}`
    const file = join(dirname(stream), own)
    return existing.includes(file) || folder.exists(file) ? undefined : { file }
  })
}

/** Other files with the name of a marketplace file are ignored. */
async function findMarketplaceFile(folder: Folder, stream: string) {
  for (const file of marketplaceFilesFor(stream)) {
    const text = await folder.readIfExists(file).catch(() => undefined)
    if (text === undefined || isStream(text)) continue
    try {
      return { file, content: MarketplaceFile.read(text, file) }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
    }
  }
  return undefined
}

/** The entry of a stream in the workspace file, with paths relative to the root. */
async function describe(
  folder: Folder,
  name: string,
  { file, stream }: Found,
  marketplace: FoundMarketplace | undefined,
  root: string,
  option: MajorMinor | undefined,
): Promise<InitStream & Described> {
  const from = (path: string) => relative(root, path).replaceAll('\\', '/')
  const snapshot = `${SNAPSHOTS}/${name}.json`
  const path = join(root, snapshot)
  const text = await folder.readIfExists(path)
  const described = describeStream(
    stream,
    marketplace?.content,
    text === undefined ? undefined : readShape(text, path),
    { option, branch: currentBranch(folder) },
  )
  const { layouts, ...settings } = described.settings
  const images =
    marketplace && described.ocp
      ? { marketplaceFile: from(marketplace.file) }
      : { ...(layouts && { layouts }) }
  const config = { snapshot, target: from(file), ...images, ...settings }
  return { ...described, name, content: stream, config }
}

function refuseUnknown(streams: readonly (InitStream & Described)[]): void {
  const unknown = streams.flatMap(({ config, ocp }) =>
    ocp?.cause === undefined ? [] : `${config.target}: ${ocp.cause}`,
  )
  const [only, ...more] = unknown
  if (only === undefined) return
  throw new InputError(
    more.length === 0 ? only : `unknown OCP version of ${unknown.length} streams`,
    'Specify the version: stream-snapshot init --ocp X.Y',
    { lines: more.length === 0 ? [] : unknown },
  )
}

/** Contradicting sources of one stream, and different OCP versions in one folder. */
function findConflicts(streams: readonly InitStream[]): string[] {
  const own = streams.flatMap(({ name, ocp }) =>
    (ocp?.conflicts ?? []).map((conflict) => `${name}: ${conflict}`),
  )
  const known = streams.flatMap(({ name, config, ocp }) =>
    ocp?.ocp
      ? [{ place: dirname(config.target), version: printMajorMinor(ocp.ocp), name, ocp }]
      : [],
  )
  const folders = [...groupBy(known, ({ place }) => place)].flatMap(([place, members]) => {
    const versions = groupBy(members, ({ version }) => version)
    if (versions.size < 2) return []
    const texts = [...versions.values()].flatMap(
      ([first]) => first && `${first.name} is OCP ${first.version} from ${first.ocp.evidence}`,
    )
    return [`${place}: different OCP versions: ${texts.join(', ')}`]
  })
  return [...own, ...folders]
}

/**
 * The line of `.gitattributes` if it is missing: digests require LF, reviews skip recordings, and git
 * cannot merge captures.
 */
async function newAttributes(folder: Folder, root: string) {
  const file = join(root, '.gitattributes')
  const wanted = `${SNAPSHOTS}/*.json text eol=lf -merge linguist-generated`
  const before = (await folder.readIfExists(file)) ?? ''
  if (before.split(/\r?\n/).includes(wanted)) return []
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`
  return [{ file, text: `${start}${wanted}\n` }]
}
