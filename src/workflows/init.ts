import { basename, dirname, join, relative } from 'node:path'
import { compareAsNumbers } from '../core/clouds/order.ts'
import { BUILT_IN } from '../core/criteria/criteria.ts'
import { groupBy } from '../core/group.ts'
import { readShape } from '../core/snapshot/read.ts'
import { CLOUDS, DEFAULT_CLOUD, type Snapshot } from '../core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { isStream, readStream, type Stream } from '../core/stream/stream.ts'
import { type MajorMinor, printMajorMinor, readMajorMinor } from '../core/versions/version.ts'
import { printNewWorkspace } from '../core/workspace/change.ts'
import { type Described, describeStream } from '../core/workspace/describe.ts'
import {
  WORKSPACE_FILE,
  type Workspace,
  type WorkspaceStream,
} from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { currentBranch } from '../files/git/branch.ts'
import { MARKETPLACE_FOLDER, marketplaceFilesFor, shortName } from './marketplace-file.ts'

/** Where repositories keep their streams, from their root. */
export const STREAM_FOLDERS = [
  '.',
  'data/data/coreos',
  'data/data',
  'data',
  'streams',
  'coreos',
  'demo',
]

export interface InitOptions {
  /** Stream files; empty: those in the usual folders. */
  readonly files: readonly string[]
  readonly ocp?: string | undefined
}

export interface InitStream {
  readonly name: string
  readonly content: Stream
  readonly config: WorkspaceStream
  readonly ocp: Described['ocp']
}

export interface InitResult {
  readonly written: readonly string[]
  /** From the working folder to the root of the workspace. */
  readonly root: string
  readonly streams: readonly InitStream[]
  readonly conflicts: readonly string[]
}

/**
 * Finds the streams of a repository and writes its workspace file.
 *
 * @throws InputError if there is a workspace file, no stream, or a stream of unknown OCP version
 */
export async function initWorkspace(
  { files, ocp }: InitOptions,
  folder: Folder,
): Promise<InitResult> {
  const root = folder.repositoryRoot() ?? ''
  const file = join(root, WORKSPACE_FILE)
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
      'Name the files: stream-snapshot init STREAM_FILE …',
    )
  }
  const named = await withMarketplaceFiles(folder, nameStreams(found, root))
  const streams: (InitStream & Described)[] = []
  const option = ocp === undefined ? undefined : readMajorMinor(ocp)
  for (const each of named) streams.push(await describe(folder, each, root, option))
  refuseUnknown(streams)
  const clouds = CLOUDS.filter((cloud) => streams.some((each) => each.clouds.includes(cloud)))
  const workspace: Workspace = {
    clouds: clouds.length > 0 ? clouds : [DEFAULT_CLOUD],
    streams: new Map(streams.map(({ name, config }) => [name, config])),
  }
  const attributes = await newAttributes(folder, root, streams)
  const writes = [...attributes, { file, text: printNewWorkspace(workspace) }]
  await folder.write(writes)
  return {
    written: writes.map((each) => each.file),
    root,
    streams,
    conflicts: conflictsOf(streams),
  }
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
      throw new InputError(`${file}: outside of the repository`, 'Run init in its repository.')
    }
    found.push({ file, stream: readStream(await folder.read(file), file) })
  }
  return found
}

async function search(folder: Folder, root: string): Promise<Found[]> {
  const found: Found[] = []
  for (const file of STREAM_FOLDERS.flatMap((each) => jsonFiles(folder, join(root, each)))) {
    const text = await folder.readIfExists(file).catch(() => undefined)
    if (text !== undefined && isStream(text)) found.push({ file, stream: readStream(text, file) })
  }
  return found
}

function jsonFiles(folder: Folder, place: string): string[] {
  return folder.list(place, '.json').map((name) => join(place, name))
}

interface Named extends Found {
  readonly name: string
}

/** The short name of the file, with its folder where two streams have the same short name. */
function nameStreams(found: readonly Found[], root: string): Named[] {
  const shorts = groupBy(found, ({ file }) => toName(shortName(file)).toLowerCase())
  const taken = new Set<string>()
  const named = found.map((each): Named => {
    const short = toName(shortName(each.file))
    const isTwin = (shorts.get(short.toLowerCase())?.length ?? 0) > 1
    const own = isTwin ? toName(relative(root, each.file).replace(/\.json$/, '')) : short
    let name = own
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${own}-${number}`
    taken.add(name.toLowerCase())
    return { ...each, name }
  })
  return named.sort((a, b) => compareAsNumbers(a.name, b.name))
}

/** Letters, digits and the few other characters that a stream's name may have. */
function toName(text: string): string {
  return text.replaceAll(/[^\w.+-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'stream'
}

interface WithMarketplace extends Named {
  /** Where the images go, if not into the stream; the file may be missing. */
  readonly marketplace?: { readonly file: string; readonly content: MarketplaceFile | undefined }
}

/** In a repository that keeps marketplace files every stream gets one. */
async function withMarketplaceFiles(
  folder: Folder,
  streams: readonly Named[],
): Promise<WithMarketplace[]> {
  const all: WithMarketplace[] = []
  for (const stream of streams) {
    const marketplace = await findMarketplaceFile(folder, stream.file)
    all.push({ ...stream, ...(marketplace && { marketplace }) })
  }
  const existing = all.flatMap(({ marketplace }) => marketplace?.file ?? [])
  const [model] = existing
  if (model === undefined) return all
  const isInFolder = basename(dirname(model)) === MARKETPLACE_FOLDER
  return all.map((each) => {
    if (each.marketplace) return each
    const file = isInFolder
      ? join(dirname(each.file), MARKETPLACE_FOLDER, basename(each.file))
      : join(dirname(each.file), `marketplace-${basename(each.file)}`)
    const isFree = !existing.includes(file) && !folder.exists(file)
    return isFree ? { ...each, marketplace: { file, content: undefined } } : each
  })
}

/** The marketplace file of a stream; other files of such a name are ignored. */
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

/** The workspace's entry for a stream; its paths are relative to the root. */
async function describe(
  folder: Folder,
  { name, file, stream, marketplace }: WithMarketplace,
  root: string,
  option: MajorMinor | undefined,
): Promise<InitStream & Described> {
  const from = (path: string) => relative(root, path).replaceAll('\\', '/')
  const snapshotFile = `snapshots/${name}.json`
  const snapshot = await readSnapshotIfExists(folder, join(root, snapshotFile))
  const branch = currentBranch(folder)
  const described = describeStream(
    { stream, marketplaceFile: marketplace?.content, snapshot },
    { option, branch },
    BUILT_IN,
  )
  const { layouts, ...settings } = described.settings
  const images =
    marketplace && described.ocp
      ? { marketplaceFile: from(marketplace.file) }
      : { ...(layouts && { layouts }) }
  return {
    ...described,
    name,
    content: stream,
    config: { snapshot: snapshotFile, target: from(file), ...images, ...settings },
  }
}

async function readSnapshotIfExists(folder: Folder, file: string): Promise<Snapshot | undefined> {
  const text = await folder.readIfExists(file)
  return text === undefined ? undefined : readShape(text, file)
}

function refuseUnknown(streams: readonly (InitStream & Described)[]): void {
  const unknown = streams.flatMap(({ config, ocp }) =>
    ocp?.cause === undefined ? [] : `${config.target}: ${ocp.cause}`,
  )
  const [only, ...more] = unknown
  if (only === undefined) return
  throw new InputError(
    more.length === 0 ? only : `unknown OCP version of ${unknown.length} streams`,
    'Name the version: stream-snapshot init --ocp X.Y',
    { lines: more.length === 0 ? [] : unknown },
  )
}

/** Sources of one stream, and streams of one folder, that contradict each other. */
function conflictsOf(streams: readonly InitStream[]): string[] {
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
      ([first]) => first && `${first.name} is OCP ${first.version} by ${first.ocp.evidence}`,
    )
    return [`${place}: different OCP versions: ${texts.join(', ')}`]
  })
  return [...own, ...folders]
}

/** The lines that are missing in `.gitattributes`: digests are of LF, and reviews skip recordings. */
async function newAttributes(folder: Folder, root: string, streams: readonly InitStream[]) {
  const file = join(root, '.gitattributes')
  const places = [...new Set(streams.map(({ config }) => dirname(config.snapshot)))]
  const wanted = places.map((place) => `${place}/*.json text eol=lf linguist-generated`)
  const before = (await folder.readIfExists(file)) ?? ''
  const lines = before.split(/\r?\n/)
  const missing = wanted.filter((line) => !lines.includes(line))
  if (missing.length === 0) return []
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`
  return [{ file, text: `${start}${missing.join('\n')}\n` }]
}
