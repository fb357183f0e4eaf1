import { fromValue, getMember, type JsonObject, printDocument } from '../json/document.ts'
import { mergeNode, setMember } from '../stream/merge.ts'
import { type Fields, type Mapping, WHOLE } from '../stream/schema.ts'
import type { ReadWorkspace } from './read.ts'
import type { Builds, Workspace } from './workspace.ts'

/** A new key stands behind the others. */
const LAST: Fields = { kind: 'fields', fields: new Map(), shared: false }
const BY_NAME: Mapping = { kind: 'map', of: WHOLE, owned: new Set() }

/** A workspace with other releases of some streams; what nobody changes stays byte for byte. */
export function withBuilds(
  workspace: ReadWorkspace,
  builds: ReadonlyMap<string, Builds>,
): ReadWorkspace {
  const { document } = workspace
  const root = document.root as JsonObject
  let streams = getMember(root, 'streams') as JsonObject
  for (const [name, own] of builds) {
    const stream = getMember(streams, name) as JsonObject
    const merged = mergeNode(getMember(stream, 'builds') ?? fromValue({}), own, BY_NAME)
    streams = setMember(streams, name, setMember(stream, 'builds', merged, LAST), LAST)
  }
  const changed = [...workspace.streams].map(([name, stream]) => {
    const own = builds.get(name)
    return [name, own ? { ...stream, builds: { ...stream.builds, ...own } } : stream] as const
  })
  return {
    ...workspace,
    document: { ...document, root: setMember(root, 'streams', streams, LAST) },
    streams: new Map(changed),
  }
}

/** The text of a workspace's file. */
export function printWorkspace({ document }: ReadWorkspace): string {
  return printDocument(document)
}

/** The text of a new file, as `init` writes it. */
export function printNewWorkspace({ clouds, streams }: Workspace): string {
  const value = { clouds, streams: Object.fromEntries(streams) }
  return `${JSON.stringify(value, undefined, 2).replace(/\[\s+([^\]]*?)\s+\]/g, (_, list: string) => `[${list.replace(/,\s+/g, ', ')}]`)}\n`
}
