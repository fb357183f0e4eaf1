import { basename, dirname, join, relative, sep } from 'node:path'
import { nearest } from '../core/workspace/nearest.ts'
import { readWorkspace } from '../core/workspace/read.ts'
import {
  findShared,
  type ReadWorkspace,
  type StreamConfig,
  streamConfigs,
  streamFiles,
  WORKSPACE_FILE,
} from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'

export interface OpenedWorkspace {
  readonly file: string
  readonly text: string
  readonly workspace: ReadWorkspace
  readonly streams: ReadonlyMap<string, StreamConfig>
}

/** @throws InputError if there is no workspace file, or an invalid one */
export async function openWorkspace(folder: Folder): Promise<OpenedWorkspace> {
  const opened = await findWorkspace(folder)
  if (opened !== undefined) return opened
  throw new InputError(
    `no ${WORKSPACE_FILE} in this folder or above it, up to the root of the git repository`,
    'Write one with stream-snapshot init.',
  )
}

export async function findWorkspace(folder: Folder): Promise<OpenedWorkspace | undefined> {
  const file = folder.findUpwards(WORKSPACE_FILE)
  if (file === undefined) return undefined
  const text = await folder.read(file)
  const workspace = readWorkspace(text, file)
  refuseLinks(workspace, file, folder)
  return { file, text, workspace, streams: locatedStreams(workspace, file, folder) }
}

/** @throws InputError for a link out of the folder of the workspace, or to the file of another stream */
function refuseLinks(workspace: ReadWorkspace, file: string, folder: Folder): void {
  const place = dirname(file)
  const root = folder.realPath(place)
  const realPath = (path: string) => folder.realPath(join(place, path))
  const files = streamFiles(workspace)
  for (const { stream, key, path } of files) {
    const real = realPath(path)
    const [first] = relative(root, real).split(sep)
    const isFile = real === folder.realPath(file)
    const own = `${file}: the ${key} of ${stream}: ${path} is`
    const remedy = 'Replace the link with a file or folder.'
    if (first === '..') {
      throw new InputError(`${own} a link to a file outside of the folder of ${file}`, remedy)
    }
    if (first === '.git') throw new InputError(`${own} a link into .git`, remedy)
    if (isFile) throw new InputError(`${own} a link to the workspace file`, 'Remove the link.')
  }
  findShared(files, realPath, ({ stream, key, path }, owner) => {
    throw new InputError(
      `${file}: the ${key} of ${stream}: ${path} is a link to the ${owner}`,
      'Remove the link.',
    )
  })
}

export function locatedStreams(
  workspace: ReadWorkspace,
  file: string,
  folder: Folder,
): Map<string, StreamConfig> {
  return streamConfigs(workspace, file, (path) =>
    folder.relative(folder.resolve(join(dirname(file), path))),
  )
}

/** @param names of streams; empty for all streams. @throws InputError for an unknown name */
export function namedStreams(
  { streams, file }: Pick<OpenedWorkspace, 'streams' | 'file'>,
  names: readonly string[],
): [name: string, stream: StreamConfig][] {
  const unknown = names.find((name) => !streams.has(name))
  if (unknown !== undefined) throw unknownStream(unknown, [...streams.keys()], file)
  return [...streams].filter(([name]) => names.length === 0 || names.includes(name))
}

export function unknownStream(name: string, known: readonly string[], file: string): InputError {
  const suggestion = nearest(name, known)
  return new InputError(
    `${file}: no stream ${JSON.stringify(name)}`,
    suggestion ? `Did you mean ${suggestion}?` : `Use one of ${known.join(', ')}.`,
  )
}

/** A stream of the workspace. */
export interface Owner {
  readonly name: string
  readonly config: StreamConfig
  /** The workspace file. */
  readonly file: string
}

/**
 * The stream that a file belongs to.
 *
 * @param opened the workspace, if it is open
 */
export async function findOwner(
  folder: Folder,
  file: string,
  opened?: OpenedWorkspace,
): Promise<Owner | undefined> {
  return ownerIn(opened ?? (await findWorkspace(folder)), folder, file)
}

export function ownerIn(
  opened: OpenedWorkspace | undefined,
  folder: Folder,
  file: string,
): Owner | undefined {
  if (opened === undefined) return undefined
  const path = folder.resolve(file)
  const isOwn = (each: string | undefined) => each !== undefined && folder.resolve(each) === path
  const [name, config] =
    [...opened.streams].find(([, { snapshot, target, marketplaceFile }]) =>
      [snapshot, target, marketplaceFile].some(isOwn),
    ) ?? []
  return name === undefined || config === undefined
    ? undefined
    : { name, config, file: opened.file }
}

/** The subfolder of marketplace files; outside of it they are called `marketplace-NAME.json`. */
export const MARKETPLACE_FOLDER = 'marketplace'

/** `rhel-9` for `data/data/coreos/coreos-rhel-9.json` and `marketplace/coreos-rhel-9.json`. */
export function shortName(file: string): string {
  return basename(file, '.json')
    .replace(/^marketplace-/, '')
    .replace(/^coreos-(?=.)/, '')
}

/** The names in openshift/installer: `marketplace/coreos-rhel-9.json`, `marketplace-rhcos.json`. */
export function marketplaceFilesFor(stream: string): string[] {
  return [`${MARKETPLACE_FOLDER}/`, 'marketplace-'].flatMap((prefix) =>
    namesFor(stream).map((name) => join(dirname(stream), `${prefix}${name}`)),
  )
}

/** The marketplace file of the workspace, else the one next to the stream. */
export function findMarketplaceFile(
  folder: Folder,
  stream: string,
  config: StreamConfig | undefined,
): string | undefined {
  return config?.marketplaceFile ?? marketplaceFilesFor(stream).find((each) => folder.exists(each))
}

/** The stream files that a marketplace file may belong to. */
export function streamFilesFor(marketplaceFile: string): string[] {
  const folder = dirname(marketplaceFile)
  const names = namesFor(marketplaceFile)
  return [
    ...(basename(folder) === MARKETPLACE_FOLDER
      ? names.map((name) => join(folder, '..', name))
      : []),
    ...(basename(marketplaceFile).startsWith('marketplace-')
      ? names.map((name) => join(folder, name))
      : []),
  ]
}

function namesFor(file: string): string[] {
  const name = `${shortName(file)}.json`
  return [`coreos-${name}`, name]
}
