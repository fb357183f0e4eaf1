import { InputError } from '../../errors.ts'
import { printable, visibleLine } from '../../printable.ts'
import { getMember, type JsonNode, toValue } from '../json/document.ts'
import { findPosition, parseDocument } from '../json/parser.ts'
import { findViolation, refuseLaterVersion } from '../schemas/check.ts'
import { isWorkspace } from '../schemas/generated-workspace.js'
import schema from '../schemas/workspace.schema.json' with { type: 'json' }
import { type CloudName, DEFAULT_CLOUD } from '../snapshot/snapshot.ts'
import { isPlainUrl } from '../snapshot/values.ts'
import { FILE_LAYOUT } from '../stream/layouts.ts'
import { nearest } from './nearest.ts'
import {
  findShared,
  type ReadWorkspace,
  readStreams,
  type StreamFile,
  streamFiles,
  WORKSPACE_FILE,
  type Workspace,
  type WorkspaceStream,
} from './workspace.ts'

/** @throws InputError, `FILE:LINE:COLUMN: …` */
export function readWorkspace(text: string, file: string): ReadWorkspace {
  const document = parseDocument(text, file)
  const value = toValue(document.root)
  const fail = (path: readonly string[], what: string, remedy?: string): never => {
    const { line, column } = findPosition(text, path)
    throw new InputError(`${file}:${line}:${column}: ${what}`, remedy)
  }
  refuseLaterVersion(value, file)
  // Before the schema, which reports a mistyped key as a missing key.
  refuseUnknown(document.root, fail)
  const violation = findViolation(isWorkspace, value)
  if (violation !== undefined) fail(violation.path, violation.message)
  const { clouds = [DEFAULT_CLOUD] } = value as { readonly clouds?: readonly CloudName[] }
  const streams = readStreams(getMember(document.root, 'streams'))
  const workspace: ReadWorkspace = { document, clouds, streams }
  checkStreams(workspace, fail)
  return workspace
}

function refuseUnknown(root: JsonNode, fail: Fail): void {
  const check = (node: JsonNode | undefined, path: readonly string[], known: object) => {
    const key = getKeys(node).find((each) => !Object.hasOwn(known, each))
    if (key !== undefined) fail([...path, key], unknownKey(key, Object.keys(known)))
  }
  const { properties: own } = schema.properties.streams.additionalProperties
  check(root, [], schema.properties)
  const streams = getMember(root, 'streams')
  for (const name of getKeys(streams)) {
    const stream = getMember(streams, name)
    check(stream, ['streams', name], own)
    check(getMember(stream, 'builds'), ['streams', name, 'builds'], own.builds.properties)
  }
}

function getKeys(node: JsonNode | undefined): string[] {
  return node?.kind === 'object' ? [...node.members.keys()] : []
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  return meant === undefined
    ? `unknown key "${printable(key)}", expected one of ${known.filter((each) => !each.startsWith('$')).join(', ')}`
    : `unknown key "${printable(key)}"; did you mean "${meant}"?`
}

type Fail = (path: readonly string[], what: string, remedy?: string) => never

function checkStreams(workspace: Workspace, fail: Fail): void {
  for (const [name, stream] of workspace.streams) {
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
  }
  const files = streamFiles(workspace)
  const getPath = ({ stream, key }: StreamFile) => [
    ...['streams', stream],
    key === 'recording' ? 'snapshot' : key,
  ]
  for (const file of files) checkPath(file.path, getPath(file), fail)
  findShared(files, normalPath, (file, owner) =>
    fail(getPath(file), `${visibleLine(file.path)}: already the ${owner}`),
  )
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
    fail(path, `a marketplaceFile only supports the layout "${FILE_LAYOUT}"`)
  }
}

/** A workspace file of a pull request must not give access to other files. */
function checkPath(path: string, place: readonly string[], fail: Fail): void {
  const isBelow =
    !/^([\\/]|[A-Za-z]:)|\0/.test(path) &&
    path.split(/[\\/]/).every((step) => !['', '..', '.git'].includes(step.toLowerCase()))
  if (!isBelow) {
    const expected = 'expected a path in the folder of this file, outside .git'
    fail(place, `${expected}, found "${printable(path)}"`)
  }
  if (normalPath(path) === WORKSPACE_FILE) {
    fail(place, `${visibleLine(path)}: this is the workspace file itself`)
  }
}

/** `a.json` for `./a.json` */
function normalPath(path: string): string {
  return path
    .split(/[\\/]/)
    .filter((step) => step !== '.')
    .join('/')
}
