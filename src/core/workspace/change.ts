import { fromValue, getMember, printDocument } from '../json/document.ts'
import type { JsonObject } from '../json/node.ts'
import { mergeNode, setMember } from '../stream/merge.ts'
import { type Fields, type Mapping, WHOLE } from '../stream/schema.ts'
import type { ReadWorkspace } from './read.ts'
import type { Workspace, WorkspaceStream } from './workspace.ts'

/** A new key stands behind the others. */
const LAST: Fields = { kind: 'fields', fields: new Map(), shared: false }
const BY_NAME: Mapping = { kind: 'map', of: WHOLE, owned: new Set() }

export type StreamKeys = Pick<WorkspaceStream, 'builds' | 'ocp'>

/** A workspace with other builds or OCP versions of some streams; all other bytes stay the same. */
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
  const changed = [...workspace.streams].map(([name, stream]) => {
    const { builds, ...rest } = keys.get(name) ?? {}
    return [
      name,
      { ...stream, ...rest, ...(builds && { builds: { ...stream.builds, ...builds } }) },
    ] as const
  })
  return {
    ...workspace,
    document: { ...document, root: setMember(root, 'streams', streams, LAST) },
    streams: new Map(changed),
  }
}

export function printWorkspace({ document }: ReadWorkspace): string {
  return printDocument(document)
}

/** The text of a new file, as `init` writes it. */
export function printNewWorkspace({ clouds, streams }: Workspace): string {
  const value = { clouds, streams: Object.fromEntries(streams) }
  return `${JSON.stringify(value, undefined, 2).replace(/\[\s+([^\]]*?)\s+\]/g, (_, list: string) => `[${list.replace(/,\s+/g, ', ')}]`)}\n`
}
