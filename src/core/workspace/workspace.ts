import {
  fromValue,
  getMember,
  type JsonDocument,
  type JsonNode,
  type JsonObject,
  printDocument,
  toValue,
} from '../json/document.ts'
import type { Requirement } from '../selection/select.ts'
import { recordingFile } from '../snapshot/read.ts'
import type { Architecture, CloudName } from '../snapshot/snapshot.ts'
import type { LayoutName } from '../stream/layouts.ts'
import { mergeNode, setMember } from '../stream/merge.ts'
import { type Fields, type Mapping, WHOLE } from '../stream/schema.ts'

export const WORKSPACE_FILE = 'stream-snapshot.json'

/**
 * One stream and its files, from the workspace file or from options. Paths are relative to the working
 * folder, for messages and commands.
 */
export interface StreamConfig {
  readonly snapshot: string
  readonly target?: string
  /** The file for marketplace images, instead of the target. */
  readonly marketplaceFile?: string
  /** Absent: the layouts of the target. Empty: no marketplace images. */
  readonly layouts?: readonly LayoutName[]
  readonly require: Requirement
  /** The clouds to query. Absent: the clouds of the existing snapshot, else Azure. */
  readonly clouds?: readonly CloudName[]
  readonly ocp?: string
  /** The folder on the build server. */
  readonly name?: string
  readonly url?: string
  readonly distro?: 'rhcos' | 'fcos'
  readonly signatures?: boolean
  /** A criteria file. Absent: the criteria of the existing snapshot, else the built-in criteria. */
  readonly criteria?: string
  /** The builds to capture. Absent: the releases of the target, and no builds are captured. */
  readonly builds?: Builds
  /** The stream in the workspace file. Absent: the config is made of options. */
  readonly origin?: { readonly name: string; readonly file: string } | undefined
}

/** Where users change settings: `--url`, or `url of rhcos in stream-snapshot.json`. */
export function settingName(
  { origin }: Pick<StreamConfig, 'origin'>,
  ...keys: ('criteria' | 'name' | 'require' | 'url')[]
): string {
  if (origin === undefined) return keys.map((key) => `--${key}`).join(' and ')
  return `${keys.join(' and ')} of ${origin.name} in ${origin.file}`
}

export type Builds = Readonly<Partial<Record<Architecture, string>>>

/** A stream in the workspace file, with paths relative to the file. */
export interface WorkspaceStream
  extends Omit<StreamConfig, 'clouds' | 'layouts' | 'require' | 'origin'> {
  readonly target: string
  readonly layouts?: readonly (LayoutName | 'none')[]
  readonly require?: Requirement
}

export interface Workspace {
  readonly clouds: readonly CloudName[]
  readonly streams: ReadonlyMap<string, WorkspaceStream>
}

export interface ReadWorkspace extends Workspace {
  readonly document: JsonDocument
}

/**
 * The streams of a workspace by name, in the order of the file.
 *
 * @param file the workspace file
 * @param locate converts a path of the workspace file to a path of a `StreamConfig`
 */
export function streamConfigs(
  { clouds, streams }: Workspace,
  file: string,
  locate: (path: string) => string = (path) => path,
): Map<string, StreamConfig> {
  const configs = [...streams].map(([name, stream]): [string, StreamConfig] => {
    const { marketplaceFile, criteria, layouts, ...rest } = stream
    const config = {
      require: 'any' as const,
      ...rest,
      snapshot: locate(rest.snapshot),
      target: locate(rest.target),
      ...(marketplaceFile !== undefined && { marketplaceFile: locate(marketplaceFile) }),
      ...(criteria !== undefined && { criteria: locate(criteria) }),
      ...(layouts && { layouts: layouts.filter((layout) => layout !== 'none') }),
      clouds: layouts?.includes('none') ? [] : clouds,
      origin: { name, file },
    }
    return [name, config]
  })
  return new Map(configs)
}

export function targetFiles({ target, marketplaceFile }: StreamConfig): string[] {
  return [target, marketplaceFile].flatMap((each) => each ?? [])
}

/** Whether a stream has neither builds nor clouds, and so no snapshot. */
export function hasNothing({ clouds, builds = {} }: StreamConfig): boolean {
  return clouds?.length === 0 && Object.keys(builds).length === 0
}

export interface StreamFile {
  readonly stream: string
  readonly key: 'snapshot' | 'recording' | 'target' | 'marketplaceFile' | 'criteria'
  readonly path: string
}

/** The files of all streams. Criteria files, which streams can share, are last. */
export function streamFiles({ streams }: Workspace): StreamFile[] {
  const files = [...streams].flatMap(([stream, config]) => {
    const { snapshot, target, marketplaceFile, criteria } = config
    const recording = recordingFile(snapshot)
    const paths = { snapshot, recording, target, marketplaceFile, criteria }
    return Object.entries(paths).flatMap(([key, path]) =>
      path === undefined ? [] : [{ stream, key: key as StreamFile['key'], path }],
    )
  })
  const isCriteria = ({ key }: StreamFile) => key === 'criteria'
  return [...files.filter((file) => !isCriteria(file)), ...files.filter(isCriteria)]
}

/** Calls `refuse` for each file that is already the file of another key. */
export function findShared(
  files: readonly StreamFile[],
  identify: (path: string) => string,
  refuse: (file: StreamFile, owner: string) => void,
): void {
  const owners = new Map<string, string>()
  for (const file of files) {
    const id = identify(file.path)
    const owner = owners.get(id)
    if (owner !== undefined) refuse(file, owner)
    if (file.key !== 'criteria') owners.set(id, `${file.key} of ${file.stream}`)
  }
}

/** New keys are added at the end. */
const LAST: Fields = { kind: 'fields', fields: new Map(), shared: false }
const BY_NAME: Mapping = { kind: 'map', of: WHOLE, owned: undefined }

export type StreamKeys = Pick<WorkspaceStream, 'builds' | 'ocp'>

/** Sets builds and OCP versions of streams. All other bytes are unchanged. */
export function withStreamKeys(
  workspace: ReadWorkspace,
  keys: ReadonlyMap<string, StreamKeys>,
): ReadWorkspace {
  const { document } = workspace
  const root = document.root as JsonObject
  let streams = getMember(root, 'streams') as JsonObject
  for (const [name, { builds, ocp }] of keys) {
    let stream = getMember(streams, name) as JsonObject
    if (builds) {
      const merged = mergeNode(getMember(stream, 'builds') ?? fromValue({}), builds, BY_NAME)
      stream = setMember(stream, 'builds', merged, LAST)
    }
    if (ocp !== undefined) stream = setMember(stream, 'ocp', fromValue(ocp), LAST)
    streams = setMember(streams, name, stream, LAST)
  }
  return {
    ...workspace,
    document: { ...document, root: setMember(root, 'streams', streams, LAST) },
    streams: readStreams(streams),
  }
}

/** In the order of the file, which `toValue` does not keep for a stream named 9. */
export function readStreams(node: JsonNode | undefined): Map<string, WorkspaceStream> {
  const members = node?.kind === 'object' ? [...node.members] : []
  return new Map(
    members.map(([name, { value }]) => [name, toValue(value) as unknown as WorkspaceStream]),
  )
}

export function printWorkspace({ document }: ReadWorkspace): string {
  return printDocument(document)
}

export function printNewWorkspace({ clouds, streams }: Workspace): string {
  const value = { clouds, streams: Object.fromEntries(streams) }
  return `${JSON.stringify(value, undefined, 2).replace(/\[\s+([^\]]*?)\s+\]/g, (_, list: string) => `[${list.replace(/,\s+/g, ', ')}]`)}\n`
}
