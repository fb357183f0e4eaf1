import { InputError } from '../../errors.ts'
import {
  decodeString,
  encodeString,
  getMember,
  isRecord,
  type JsonDocument,
  type JsonNode,
  type JsonObject,
  type JsonRecord,
  type JsonValue,
  jsonPath,
  NO_MEMBERS,
  printDocument,
  toValue,
} from '../json/document.ts'
import { parseDocument, tryRecord } from '../json/parser.ts'
import { mergeNode, setMember } from './merge.ts'
import {
  ARCHITECTURE,
  ARCHITECTURES,
  EXTENSIONS,
  METADATA,
  type Shape,
  STREAM,
  WHOLE,
} from './schema.ts'

const EXTENSIONS_KEY = 'rhel-coreos-extensions'
const ARCHITECTURE_PARTS = ['artifacts', 'images', EXTENSIONS_KEY]

export interface StreamMetadata {
  readonly lastModified: string | undefined
  readonly generator: string | undefined
}

/** One architecture of a stream without marketplace images. */
export interface ArchitectureContent {
  readonly artifacts: JsonRecord
  readonly images: JsonRecord
  readonly 'rhel-coreos-extensions'?: JsonRecord | undefined
}

/**
 * Artifacts and images are only validated where they are used. Go writes null for a missing map.
 *
 * @throws InputError for invalid JSON and for JSON that is not a stream
 */
export function readStream(text: string, file: string): Stream {
  const document = parseDocument(text, file)
  const root = expectObject(document.root, file, '.')
  const name = getMember(root, 'stream')
  if (name?.kind !== 'string' && !root.members.has('architectures')) throw notAStream(root, file)
  if (name?.kind !== 'string') throw mismatch(file, '.stream', 'a string', name)
  checkObject(root, 'metadata', file, '')
  const architectures = expectObject(getMember(root, 'architectures'), file, '.architectures')
  for (const [arch, member] of architectures.members) {
    const path = `.architectures${jsonPath([arch])}`
    expectObject(member.value, file, path)
    for (const part of ARCHITECTURE_PARTS) checkObject(member.value, part, file, path)
  }
  return new Stream(document, root, file)
}

function checkObject(parent: JsonNode, name: string, file: string, path: string): void {
  const node = getMember(parent, name)
  if (isPresent(node)) expectObject(node, file, `${path}.${name}`)
}

/** Checks the members that a merge would replace. */
function checkObjects(
  node: JsonNode | undefined,
  shape: Shape,
  file: string,
  path: readonly string[],
): void {
  if (!isPresent(node) || shape.kind === 'whole' || shape.kind === 'foreign') return
  for (const [name, { value }] of expectObject(node, file, jsonPath(path)).members) {
    const isOwned = shape.kind === 'map' && (shape.owned?.has(name) ?? true)
    const inner = shape.kind === 'fields' ? shape.fields.get(name) : isOwned && shape.of
    if (inner) checkObjects(value, inner, file, [...path, name])
  }
}

export function isStream(text: string): boolean {
  const { stream, architectures } = tryRecord(text)
  return stream !== undefined && architectures !== undefined
}

export function emptyStream(name: string): Stream {
  return readStream(`{\n  "stream": ${encodeString(name)},\n  "architectures": {}\n}\n`, name)
}

export class Stream {
  constructor(
    private readonly document: JsonDocument,
    private readonly root: JsonObject,
    readonly file: string,
  ) {}

  get name(): string {
    return getText(getMember(this.root, 'stream')) ?? ''
  }

  architectures(): string[] {
    const architectures = getMember(this.root, 'architectures')
    return architectures?.kind === 'object' ? [...architectures.members.keys()] : []
  }

  architecture(arch: string): JsonRecord | undefined {
    const node = this.architectureNode(arch)
    const value = node && toValue(node)
    return isRecord(value) ? value : undefined
  }

  /** The release of the metal artifacts, which every build has, else of the first artifacts with one. */
  release(arch: string): string | undefined {
    const artifacts = getMember(this.architectureNode(arch), 'artifacts')
    if (artifacts?.kind !== 'object') return undefined
    for (const platform of ['metal', ...artifacts.members.keys()]) {
      const node = getMember(getMember(artifacts, platform), 'release')
      if (!isPresent(node)) continue
      const release = getText(node)
      if (release === undefined) {
        const path = jsonPath(['architectures', arch, 'artifacts', platform, 'release'])
        throw mismatch(this.file, path, 'a string', node)
      }
      if (release !== '') return release
    }
    return undefined
  }

  extension(arch: string, key: string): JsonValue | undefined {
    const node = getMember(getMember(this.architectureNode(arch), EXTENSIONS_KEY), key)
    return isPresent(node) ? toValue(node) : undefined
  }

  /** The members apart from builds and metadata, such as the name. */
  otherMembers(): [name: string, value: JsonValue][] {
    return [...this.root.members].flatMap(([name, { value }]) =>
      name === 'architectures' || name === 'metadata' ? [] : [[name, toValue(value)]],
    )
  }

  metadata(): StreamMetadata {
    const metadata = getMember(this.root, 'metadata')
    return {
      lastModified: getText(getMember(metadata, 'last-modified')),
      generator: getText(getMember(metadata, 'generator')),
    }
  }

  withMetadata({ lastModified, generator }: StreamMetadata): Stream {
    const fresh = { 'last-modified': lastModified, generator }
    return this.withMember('metadata', mergeNode(getMember(this.root, 'metadata'), fresh, METADATA))
  }

  /**
   * Sets the content of an architecture, which may be new. Marketplace images are unchanged.
   *
   * @throws InputError for a value that is not an object where the content has one
   */
  withArchitecture(arch: string, content: ArchitectureContent): Stream {
    const node = this.architectureNode(arch)
    checkObjects(node, ARCHITECTURE, this.file, ['architectures', arch])
    return this.withNode(arch, mergeNode(node, { ...content }, ARCHITECTURE))
  }

  withoutArchitecture(arch: string): Stream {
    return this.architectureNode(arch) === undefined ? this : this.withNode(arch, undefined)
  }

  /** Removes the key for undefined. @throws InputError for a missing architecture */
  withExtension(arch: string, key: string, value: JsonValue | undefined): Stream {
    const architecture = this.architectureNode(arch)
    if (architecture?.kind !== 'object') {
      throw mismatch(this.file, `.architectures${jsonPath([arch])}`, 'an object', architecture)
    }
    const old = getMember(architecture, EXTENSIONS_KEY)
    const extensions = old?.kind === 'object' ? old : NO_MEMBERS
    const node = value === undefined ? undefined : mergeNode(getMember(old, key), value, WHOLE)
    const merged = setMember(extensions, key, node, EXTENSIONS)
    if (merged === extensions) return this
    const kept = merged.members.size === 0 ? undefined : merged
    return this.withNode(arch, setMember(architecture, EXTENSIONS_KEY, kept, ARCHITECTURE))
  }

  locate(arch: string, path: readonly string[]): readonly string[] {
    return ['architectures', arch, EXTENSIONS_KEY, ...path]
  }

  print(): string {
    return printDocument({ ...this.document, root: this.root })
  }

  private architectureNode(arch: string): JsonNode | undefined {
    return getMember(getMember(this.root, 'architectures'), arch)
  }

  private withNode(arch: string, node: JsonNode | undefined): Stream {
    const old = expectObject(getMember(this.root, 'architectures'), this.file, '.architectures')
    return this.withMember('architectures', setMember(old, arch, node, ARCHITECTURES))
  }

  private withMember(name: string, node: JsonNode): Stream {
    return new Stream(this.document, setMember(this.root, name, node, STREAM), this.file)
  }
}

/** Go writes null for a map or pointer that was never set. */
function isPresent(node: JsonNode | undefined): node is JsonNode {
  return node !== undefined && node.kind !== 'null'
}

function getText(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'string' ? decodeString(node.text) : undefined
}

function notAStream(root: JsonObject, file: string): InputError {
  if (getMember(root, 'schemaVersion') && getMember(root, 'integrity')) {
    const builds = getMember(root, 'builds')
    const hasBuilds = builds?.kind === 'object' && builds.members.size > 0
    return new InputError(
      `${file}: a snapshot, expected a CoreOS stream`,
      hasBuilds
        ? `Generate the stream with stream-snapshot regenerate ${file}.`
        : 'Use the stream that the snapshot was captured for.',
    )
  }
  return new InputError(
    `${file}: not a CoreOS stream: expected the keys "stream" and "architectures"`,
  )
}

export function getReleases(
  stream: Pick<Stream, 'architectures' | 'release'>,
): Map<string, string> {
  return new Map(
    stream.architectures().flatMap((arch): [string, string][] => {
      const release = stream.release(arch)
      return release === undefined ? [] : [[arch, release]]
    }),
  )
}

function expectObject(node: JsonNode | undefined, file: string, path: string): JsonObject {
  if (node?.kind !== 'object') throw mismatch(file, path, 'an object', node)
  return node
}

export function mismatch(
  file: string,
  path: string,
  expected: string,
  found: JsonNode | undefined,
): InputError {
  return new InputError(`${file}: ${path}: expected ${expected}, found ${describeKind(found)}`)
}

/** `an object`, `a string`, `null` */
function describeKind(node: JsonNode | undefined): string {
  if (node === undefined) return 'nothing'
  if (node.kind === 'null') return node.kind
  return `${/^[ao]/.test(node.kind) ? 'an' : 'a'} ${node.kind}`
}
