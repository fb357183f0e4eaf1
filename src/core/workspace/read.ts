import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import {
  getMember,
  type JsonDocument,
  type JsonNode,
  parseDocument,
  toValue,
} from '../json/document.ts'
import { positionOf } from '../json/position.ts'
import { faultOf, jsonPath } from '../schemas/check.ts'
import { isWorkspace } from '../schemas/generated-workspace.js'
import schema from '../schemas/workspace.schema.json' with { type: 'json' }
import { recordingFile } from '../snapshot/files.ts'
import { type CloudName, DEFAULT_CLOUD } from '../snapshot/snapshot.ts'
import { FILE_LAYOUT } from '../stream/layouts.ts'
import { isPlainUrl } from '../url.ts'
import { nearest } from './nearest.ts'
import type { Workspace, WorkspaceStream } from './workspace.ts'

/** A workspace and the text that it was read from. */
export interface ReadWorkspace extends Workspace {
  readonly document: JsonDocument
}

/** What the file says, whose order `Object.entries` would not keep for a stream called 9. */
interface Content {
  readonly clouds?: readonly CloudName[]
  readonly streams: Readonly<Record<string, WorkspaceStream>>
}

/**
 * Reads a workspace.
 *
 * @param file the name by which errors call it
 * @throws InputError, `FILE:LINE:COLUMN: …`, for what is no workspace
 */
export function readWorkspace(text: string, file: string): ReadWorkspace {
  const document = parseDocument(text, file)
  const value = toValue(document.root)
  const fail = (path: readonly string[], what: string, remedy?: string): never => {
    const { line, column } = positionOf(document, text, path)
    throw new InputError(`${file}:${line}:${column}: ${what}`, remedy)
  }
  // First, as a key that is mistyped is one that is missing too.
  refuseUnknown(document.root, fail)
  const fault = faultOf(isWorkspace, value)
  if (fault !== undefined) {
    const place = fault.path.length > 0 ? `${jsonPath(fault.path)}: ` : ''
    fail(fault.path, `${place}${fault.expectation}`)
  }
  const { clouds = [DEFAULT_CLOUD], streams } = value as Partial<Content> as Content
  const names = keysOf(getMember(document.root, 'streams'))
  const workspace: ReadWorkspace = {
    document,
    clouds,
    streams: new Map(names.map((name) => [name, streams[name] as WorkspaceStream])),
  }
  checkStreams(workspace, fail)
  return workspace
}

/** Refuses keys that nobody reads, in the file, in its streams and in their builds. */
function refuseUnknown(root: JsonNode, fail: Fail): void {
  const look = (node: JsonNode | undefined, path: readonly string[], known: object) => {
    const key = keysOf(node).find((each) => !Object.hasOwn(known, each))
    if (key !== undefined) fail([...path, key], unknownKey(key, Object.keys(known)))
  }
  const { properties: own } = schema.properties.streams.additionalProperties
  look(root, [], schema.properties)
  const streams = getMember(root, 'streams')
  for (const name of keysOf(streams)) {
    const stream = getMember(streams, name)
    look(stream, ['streams', name], own)
    look(getMember(stream, 'builds'), ['streams', name, 'builds'], own.builds.properties)
  }
}

/** In the file's order. */
function keysOf(node: JsonNode | undefined): string[] {
  return node?.kind === 'object' ? [...node.members.keys()] : []
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  return meant === undefined
    ? `unknown key "${printable(key)}", expected one of ${known.filter((each) => !each.startsWith('$')).join(', ')}`
    : `unknown key "${printable(key)}"; did you mean "${meant}"?`
}

type Fail = (path: readonly string[], what: string, remedy?: string) => never

/** What a schema cannot say. */
function checkStreams({ streams }: Workspace, fail: Fail): void {
  const taken = new Map<string, string>()
  for (const [name, stream] of streams) {
    const place = ['streams', name]
    if (!/^[A-Za-z0-9][\w.+-]*$/.test(name)) {
      fail(
        place,
        `a stream's name is of letters, digits, ., _, + and -, found "${printable(name)}"`,
      )
    }
    if (stream.snapshot.endsWith('.recording.json')) {
      fail([...place, 'snapshot'], 'expected a snapshot, NAME.json, found a recording')
    }
    if (stream.url !== undefined && !isPlainUrl(stream.url)) {
      fail([...place, 'url'], 'expected an https URL, or plain http to this machine')
    }
    checkLayouts(stream, place, fail)
    for (const [key, path] of filesOf(stream)) {
      if (!isWithin(path)) {
        fail([...place, key], `expected a path below this file, found "${printable(path)}"`)
      }
      const owner = taken.get(path)
      if (owner !== undefined) fail([...place, key], `${path}: is a file of ${owner} already`)
      if (key !== 'criteria') taken.set(path, name)
    }
    taken.set(recordingFile(stream.snapshot), name)
  }
}

function checkLayouts(
  { layouts = [], marketplaceFile }: WorkspaceStream,
  place: string[],
  fail: Fail,
) {
  const path = [...place, 'layouts']
  if (layouts.includes('none') && layouts.length > 1) fail(path, '"none" stands alone')
  if (marketplaceFile !== undefined && layouts.some((each) => each !== FILE_LAYOUT)) {
    fail(path, `a marketplaceFile has the layout "${FILE_LAYOUT}" and no other`)
  }
}

function filesOf(stream: WorkspaceStream): [key: string, path: string][] {
  const { snapshot, target, marketplaceFile, criteria } = stream
  const all = { snapshot, target, marketplaceFile, criteria }
  return Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
}

/** Whoever reads a repository's workspace touches nothing but that repository. */
function isWithin(path: string): boolean {
  const steps = path.split(/[\\/]/)
  return !/^([\\/]|[A-Za-z]:)/.test(path) && !steps.some((step) => step === '..' || step === '')
}
