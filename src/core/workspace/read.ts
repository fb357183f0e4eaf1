import { InputError } from '../../errors.ts'
import { printable, visibleLine } from '../../printable.ts'
import {
  getMember,
  type JsonDocument,
  type JsonNode,
  parseDocument,
  toValue,
} from '../json/document.ts'
import { findPosition } from '../json/parser.ts'
import { faultOf, jsonPath, refuseLaterVersion } from '../schemas/check.ts'
import { isWorkspace } from '../schemas/generated-workspace.js'
import schema from '../schemas/workspace.schema.json' with { type: 'json' }
import { recordingFile } from '../snapshot/read.ts'
import { type CloudName, DEFAULT_CLOUD } from '../snapshot/snapshot.ts'
import { FILE_LAYOUT } from '../stream/layouts.ts'
import { isPlainUrl } from '../url.ts'
import { nearest } from './nearest.ts'
import { WORKSPACE_FILE, type Workspace, type WorkspaceStream } from './workspace.ts'

/** A workspace with the document that it was read from. */
export interface ReadWorkspace extends Workspace {
  readonly document: JsonDocument
}

/** `Object.entries` would not keep the order of the file for a stream named 9. */
interface Content {
  readonly clouds?: readonly CloudName[]
  readonly streams: Readonly<Record<string, WorkspaceStream>>
}

/**
 * Reads a workspace file.
 *
 * @param file its name in errors
 * @throws InputError, `FILE:LINE:COLUMN: …`
 */
export function readWorkspace(text: string, file: string): ReadWorkspace {
  const document = parseDocument(text, file)
  const value = toValue(document.root)
  const fail = (path: readonly string[], what: string, remedy?: string): never => {
    const { line, column } = findPosition(text, path)
    throw new InputError(`${file}:${line}:${column}: ${what}`, remedy)
  }
  refuseLaterVersion(value, file)
  // First, as a mistyped key is also a missing key.
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

/** Refuses unknown keys in the file, in its streams and in their builds. */
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

/** The rules that a JSON Schema cannot express. */
function checkStreams({ streams }: Workspace, fail: Fail): void {
  const owners = new Map<string, string>()
  for (const [name, stream] of streams) {
    const place = ['streams', name]
    if (!/^[A-Za-z0-9][\w.+-]*$/.test(name)) {
      fail(
        place,
        `invalid stream name "${printable(name)}": expected letters, digits, ., _, + and -`,
      )
    }
    if (stream.snapshot.endsWith('.recording.json')) {
      fail([...place, 'snapshot'], 'expected a snapshot, NAME.json, found a recording')
    }
    if (stream.url !== undefined && !isPlainUrl(stream.url)) {
      fail([...place, 'url'], 'expected an https URL, or plain http to this machine')
    }
    checkLayouts(stream, place, fail)
    for (const [key, path] of writtenFiles(stream)) {
      const at = [...place, key === 'recording' ? 'snapshot' : key]
      checkPath(path, at, fail)
      const owner = owners.get(normalPath(path))
      if (owner !== undefined) fail(at, `${visibleLine(path)}: already the ${owner}`)
      owners.set(normalPath(path), `${key} of ${name}`)
    }
  }
  // Streams may share a criteria file, which is read and never written.
  for (const [name, { criteria }] of streams) {
    if (criteria === undefined) continue
    const place = ['streams', name, 'criteria']
    checkPath(criteria, place, fail)
    const owner = owners.get(normalPath(criteria))
    if (owner !== undefined) fail(place, `${visibleLine(criteria)}: already the ${owner}`)
  }
}

function checkLayouts(
  { layouts = [], marketplaceFile }: WorkspaceStream,
  place: string[],
  fail: Fail,
) {
  const path = [...place, 'layouts']
  if (layouts.includes('none') && layouts.length > 1)
    fail(path, '"none" cannot be combined with other layouts')
  if (marketplaceFile !== undefined && layouts.some((each) => each !== FILE_LAYOUT)) {
    fail(path, `a marketplaceFile only has the layout "${FILE_LAYOUT}"`)
  }
}

/** The files that a capture and a regeneration of the stream write, by key. */
export function writtenFiles(
  stream: Pick<WorkspaceStream, 'snapshot' | 'target' | 'marketplaceFile'>,
): [key: string, path: string][] {
  const { snapshot, target, marketplaceFile } = stream
  const isSnapshot = snapshot.endsWith('.json') && !snapshot.endsWith('.recording.json')
  return [
    ['snapshot', snapshot],
    ...(isSnapshot ? [['recording', recordingFile(snapshot)] as [string, string]] : []),
    ['target', target],
    ...(marketplaceFile === undefined
      ? []
      : [['marketplaceFile', marketplaceFile] as [string, string]]),
  ]
}

/** A workspace file of a pull request gives access to no file but the repository's own. */
function checkPath(path: string, place: readonly string[], fail: Fail): void {
  const steps = path.split(/[\\/]/)
  const isBelow =
    !/^([\\/]|[A-Za-z]:)/.test(path) && !steps.some((step) => step === '..' || step === '')
  if (!isBelow) fail(place, `expected a path below this file, found "${printable(path)}"`)
  if (steps.some((step) => step.toLowerCase() === '.git')) {
    fail(place, `expected a path outside .git, found "${printable(path)}"`)
  }
  if (normalPath(path) === WORKSPACE_FILE) {
    fail(place, `${visibleLine(path)}: this is the workspace file itself`)
  }
}

/** The same for two spellings of one path: `./a.json` and `a.json`. */
function normalPath(path: string): string {
  return path
    .split(/[\\/]/)
    .filter((step) => step !== '.')
    .join('/')
}
