import {
  fromValue,
  isRecord,
  type JsonRecord,
  type JsonValue,
  printJson,
} from '../json/document.ts'
import { METADATA, type Shape, STREAM } from './schema.ts'
import type { Stream } from './stream.ts'

/** The marketplace images that stream-metadata-go knows: Azure's, by plan and Hyper-V generation. */
const GENERATIONS = ['hyperVGen1', 'hyperVGen2']
const IMAGE = ['publisher', 'offer', 'sku', 'version']

/**
 * A stream as stream-metadata-go decodes and encodes it: without the keys that it does not know, two
 * spaces to a level, no final newline.
 */
export function printAsGo(stream: Stream): string {
  const { lastModified, generator } = stream.metadata()
  const metadata = known({ 'last-modified': lastModified, generator }, METADATA)
  const value = {
    stream: stream.name,
    ...(lastModified !== undefined && { metadata }),
    architectures: Object.fromEntries(
      stream.architectures().map((arch) => [arch, stream.architecture(arch)]),
    ),
  }
  return printJson(fromValue(known(value, STREAM) ?? {}), '  ')
}

/** Of a struct the fields that it has, in their order; of a map all, by their names. */
function known(value: JsonValue | undefined, shape: Shape): JsonValue | undefined {
  if (!isRecord(value)) return value
  if (shape.kind === 'whole') return value
  if (shape.kind === 'foreign') return marketplaceOf(value)
  const members =
    shape.kind === 'fields'
      ? [...shape.fields].map(([name, inner]) => [name, known(value[name], inner)] as const)
      : Object.keys(value)
          .sort()
          .map((name) => [name, known(value[name], shape.of)] as const)
  return Object.fromEntries(members.filter(([, each]) => each !== undefined))
}

/** Undefined for a layout that it has no field for. */
function marketplaceOf({ azure }: JsonRecord): JsonRecord | undefined {
  if (!isRecord(azure)) return undefined
  const plans = Object.entries(azure).map(([plan, generations]) => [
    plan,
    pick(generations, GENERATIONS, (image) => pick(image, IMAGE, (text) => text)),
  ])
  return { azure: Object.fromEntries(plans) }
}

function pick(
  value: JsonValue | undefined,
  names: readonly string[],
  within: (value: JsonValue | undefined) => JsonValue | undefined,
): JsonValue | undefined {
  if (!isRecord(value)) return undefined
  return Object.fromEntries(
    names.map((name) => [name, within(value[name])]).filter(([, each]) => each !== undefined),
  )
}
