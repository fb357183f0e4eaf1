import { InputError } from '../../errors.ts'
import type { Entry, Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { groupBy } from '../group.ts'
import {
  fromValue,
  getEntries,
  getMember,
  isRecord,
  type JsonDocument,
  type JsonRecord,
  type JsonValue,
  jsonPath,
  printDocument,
  toValue,
} from '../json/document.ts'
import { parseDocument } from '../json/parser.ts'
import { CLOUDS, type CloudName, type Image } from '../snapshot/snapshot.ts'
import { LAYOUT_NAMES, type LayoutName, layoutRoot, slotAt, slotPath } from './layouts.ts'
import { mergeNode } from './merge.ts'
import { WHOLE } from './schema.ts'
import { mismatch, readStream, type Stream } from './stream.ts'

/** An immutable file with marketplace images: a stream or a marketplace file. */
export interface ImageFile<Self = unknown> {
  readonly file: string
  architectures(): string[]
  extension(architecture: string, key: string): JsonValue | undefined
  /** Replaces the value under a key. Removes the key for undefined. */
  withExtension(architecture: string, key: string, value: JsonValue | undefined): Self
  /** The path in the file of a value below the extensions of the architecture. */
  locate(architecture: string, path: readonly string[]): readonly string[]
}

export interface SlotImage {
  readonly slot: Slot
  readonly entry: Entry
}

export function toEntry(cloud: CloudName, image: Image): Entry {
  return Object.fromEntries(
    Object.entries(FACTS[cloud].entry).map(([member, source]) => [member, String(image[source])]),
  )
}

/** Azure's member is `version`, the other clouds' `release`. */
export function entryVersion(entry: Entry): string | undefined {
  return entry.version ?? entry.release
}

export function layoutsIn(file: ImageFile): LayoutName[] {
  const has = (layout: LayoutName, architecture: string) =>
    CLOUDS.some((cloud) => readTree(file, layout, architecture, cloud) !== undefined)
  return LAYOUT_NAMES.filter((layout) => file.architectures().some((arch) => has(layout, arch)))
}

export function imagesIn(
  file: ImageFile,
  layouts: readonly LayoutName[] = LAYOUT_NAMES,
): (SlotImage & { readonly layout: LayoutName })[] {
  const places = file
    .architectures()
    .flatMap((architecture) =>
      layouts.flatMap((layout) => CLOUDS.map((cloud) => ({ architecture, layout, cloud }))),
    )
  return places.flatMap(({ architecture, layout, cloud }) =>
    findEntries(cloud, readTree(file, layout, architecture, cloud), []).map(({ path, entry }) => ({
      layout,
      slot: slotAt(layout, cloud, architecture, path),
      entry,
    })),
  )
}

/**
 * Keeps members that are not part of an image. Images without a place in the layout are not written.
 *
 * @throws InputError for a value of another type where an image is written
 */
export function writeImages<F extends ImageFile<F>>(
  file: F,
  layout: LayoutName,
  architecture: string,
  cloud: CloudName,
  images: readonly SlotImage[],
): F {
  const placed = images.flatMap(({ slot, entry }): PlacedEntry[] => {
    const path = slotPath(layout, slot)
    return path ? [{ path, entry }] : []
  })
  const [key, within] = layoutRoot(layout, cloud)
  const root = file.extension(architecture, key)
  const fail: Fail = (path, expected, found) => {
    const place = jsonPath(file.locate(architecture, path))
    throw mismatch(file.file, place, expected, fromValue(found))
  }
  if (within === undefined) {
    return file.withExtension(architecture, key, writeTree(cloud, placed, root, [key], fail))
  }
  const clouds = expectRecord(root, [key], fail)
  const tree = writeTree(cloud, placed, clouds[within], [key, within], fail)
  return file.withExtension(architecture, key, withCloud(clouds, within, tree))
}

type Fail = (path: readonly string[], expected: string, found: JsonValue) => never

/** Go writes null for a missing map. */
function expectRecord(
  value: JsonValue | undefined,
  path: readonly string[],
  fail: Fail,
): JsonRecord {
  if (value === undefined || value === null) return {}
  return isRecord(value) ? value : fail(path, 'an object', value)
}

function readTree(
  file: ImageFile,
  layout: LayoutName,
  architecture: string,
  cloud: CloudName,
): JsonValue | undefined {
  const [key, within] = layoutRoot(layout, cloud)
  const value = file.extension(architecture, key)
  return within === undefined ? value : isRecord(value) ? value[within] : undefined
}

interface PlacedEntry {
  readonly path: readonly string[]
  readonly entry: Entry
}

function findEntries(
  cloud: CloudName,
  tree: JsonValue | undefined,
  path: readonly string[],
): PlacedEntry[] {
  if (!isRecord(tree)) return []
  const members = Object.entries(tree)
  const own = members.filter((member): member is [string, string] => isEntryMember(cloud, member))
  return [
    ...(own.length > 0 ? [{ path, entry: Object.fromEntries(own) }] : []),
    ...members.flatMap(([name, each]) => findEntries(cloud, each, [...path, name])),
  ]
}

function isEntryMember(cloud: CloudName, [name, value]: readonly [string, unknown]): boolean {
  return typeof value === 'string' && Object.hasOwn(FACTS[cloud].entry, name)
}

/** The images, then the members of the old tree that are not part of an image. */
function writeTree(
  cloud: CloudName,
  images: readonly PlacedEntry[],
  old: JsonValue | undefined,
  path: readonly string[],
  fail: Fail,
): JsonRecord | undefined {
  const own = images.filter(({ path }) => path.length === 0)
  const entry: Entry = Object.assign({}, ...own.map(({ entry }) => entry))
  const others = getEntries(expectRecord(old, path, fail)).filter(
    (member) => !isEntryMember(cloud, member),
  )
  for (const [name, value] of others) {
    if (Object.hasOwn(entry, name)) fail([...path, name], 'a string', value)
  }
  const inner = images.filter(({ path }) => path.length > 0)
  const branches = groupBy(inner, ({ path }) => path[0] ?? '')
  const values = new Map(others)
  const members = [...new Set([...branches.keys(), ...values.keys()])].map(
    (name): [string, JsonValue | undefined] => {
      const value = values.get(name)
      const below = branches.get(name)?.map((each) => ({ ...each, path: each.path.slice(1) }))
      if (!below && !isRecord(value)) return [name, value]
      return [name, writeTree(cloud, below ?? [], value, [...path, name], fail)]
    },
  )
  return nonEmpty([...Object.entries(entry), ...members])
}

function nonEmpty(
  members: readonly (readonly [string, JsonValue | undefined])[],
): JsonRecord | undefined {
  const kept = members.filter(([, value]) => value !== undefined)
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

/** Replaces the images of one cloud. Clouds have the order of `CLOUDS`. */
function withCloud(
  old: JsonRecord,
  cloud: string,
  tree: JsonRecord | undefined,
): JsonRecord | undefined {
  const all: JsonRecord = { ...old, [cloud]: tree }
  const names = [...new Set<string>([...CLOUDS, ...Object.keys(all)])]
  return nonEmpty(names.map((name) => [name, all[name]]))
}

/** A file of openshift/installer: `{ ARCH: { CLOUD: … } }`, indented by four spaces. */
export class MarketplaceFile implements ImageFile<MarketplaceFile> {
  private constructor(
    readonly file: string,
    private readonly document: JsonDocument | undefined,
    private readonly value: JsonRecord,
  ) {}

  /** @param text undefined for a file that does not exist yet */
  static read(text: string | undefined, file: string): MarketplaceFile {
    if (text === undefined) return new MarketplaceFile(file, undefined, {})
    const document = parseDocument(text, file)
    const value = toValue(document.root)
    if (!isRecord(value) || !Object.values(value).every(isRecord)) {
      throw new InputError(
        `${file}: not a marketplace file: expected { ARCHITECTURE: { CLOUD: … } }`,
      )
    }
    // An empty file, as an update of builds alone writes it, has no indentation.
    const isEmpty = Object.keys(value).length === 0
    return new MarketplaceFile(
      file,
      isEmpty ? { ...document, indentation: '    ' } : document,
      value,
    )
  }

  architectures(): string[] {
    return Object.keys(this.value)
  }

  extension(arch: string, key: string): JsonRecord | undefined {
    const clouds = key === 'marketplace' ? this.value[arch] : undefined
    return isRecord(clouds) ? clouds : undefined
  }

  /** Sorts architectures by name, and removes one without images. */
  withExtension(arch: string, key: string, value: JsonValue | undefined): MarketplaceFile {
    if (key !== 'marketplace') throw new Error(`a marketplace file has no ${key}`)
    const all = Object.entries({ ...this.value, [arch]: value })
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return new MarketplaceFile(this.file, this.document, Object.fromEntries(all))
  }

  locate(architecture: string, [, ...path]: readonly string[]): readonly string[] {
    return [architecture, ...path]
  }

  print(): string {
    const root = this.document
      ? mergeNode(this.document.root, this.value, WHOLE)
      : fromValue(this.value)
    return printDocument({ before: '', after: '\n', indentation: '    ', ...this.document, root })
  }
}

/** @throws InputError for a file that is neither a stream nor a marketplace file */
export function readImageFile(text: string, file: string): Stream | MarketplaceFile {
  const { root } = parseDocument(text, file)
  const isStream = ['stream', 'architectures'].some((key) => getMember(root, key) !== undefined)
  const value = isStream ? undefined : toValue(root)
  const isMarketplace = isRecord(value) && Object.values(value).every(isRecord)
  return isMarketplace ? MarketplaceFile.read(text, file) : readStream(text, file)
}
