import { fromValue, isRecord, type JsonValue, printJson } from '../json/document.ts'
import { EXTENSIONS, type Shape, STREAM } from './schema.ts'
import type { Stream } from './stream.ts'

/**
 * A stream as stream-metadata-go decodes and encodes it: without the keys that it does not know, two
 * spaces to a level, no final newline. Empty members stay empty and missing members stay missing, which
 * Go reads alike.
 */
export function printAsGo(stream: Stream): string {
  return printJson(fromValue(knownOf(stream)), '  ')
}

export function printAllAsGo(named: ReadonlyMap<string, Stream>): string {
  const streams = [...named].sort(([a], [b]) => (a < b ? -1 : 1))
  const known = streams.map(([name, stream]) => [name, knownOf(stream)])
  return printJson(fromValue(Object.fromEntries(known)), '  ')
}

/** The keys of marketplace images, and the names within, that stream-metadata-go reads. */
export const READ: readonly string[] = [...EXTENSIONS.fields].flatMap(([key, shape]) =>
  shape.kind === 'foreign' && shape.known?.kind === 'fields'
    ? [...shape.known.fields.keys()].map((name) => `${key}.${name}`)
    : [],
)

/**
 * The beginning of a path of marketplace images, up to the first name that stream-metadata-go does not
 * know; undefined where it reads all of it.
 */
export function unreadOf(path: readonly string[]): readonly string[] | undefined {
  let shape: Shape = EXTENSIONS
  for (const [at, name] of path.entries()) {
    if (shape.kind !== 'fields') return undefined
    const next: Shape | undefined = shape.fields.get(name)
    const inner: Shape | undefined = next?.kind === 'foreign' ? next.known : next
    if (inner === undefined) return path.slice(0, at + 1)
    shape = inner
  }
  return undefined
}

function knownOf(stream: Stream): JsonValue {
  const { lastModified, generator } = stream.metadata()
  const value = {
    stream: stream.name,
    ...(lastModified !== undefined && { metadata: { 'last-modified': lastModified, generator } }),
    architectures: Object.fromEntries(
      stream.architectures().map((arch) => [arch, stream.architecture(arch)]),
    ),
  }
  return known(value, STREAM) ?? {}
}

/** Of a struct the fields that it has, in their order; of a map all, by their names. */
function known(value: JsonValue | undefined, shape: Shape): JsonValue | undefined {
  if (shape.kind === 'foreign') return shape.known && known(value, shape.known)
  if (!isRecord(value) || shape.kind === 'whole') return value
  const members =
    shape.kind === 'fields'
      ? [...shape.fields].map(([name, inner]) => [name, known(value[name], inner)] as const)
      : Object.keys(value)
          .sort()
          .map((name) => [name, known(value[name], shape.of)] as const)
  return Object.fromEntries(members.filter(([, each]) => each !== undefined))
}
