import { InputError } from '../../errors.ts'
import type { Entry, Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import {
  fromValue,
  getMember,
  isRecord,
  type JsonDocument,
  type JsonRecord,
  type JsonValue,
  printDocument,
  toValue,
} from '../json/document.ts'
import { parseDocument } from '../json/parser.ts'
import { CLOUDS, type CloudName, type Image } from '../snapshot/snapshot.ts'
import { LAYOUT_NAMES, type LayoutName, layoutRoot, slotAt, slotPath } from './layouts.ts'
import { mergeNode } from './merge.ts'
import { WHOLE } from './schema.ts'
import { readStream, type Stream } from './stream.ts'

/** A file with marketplace images: a stream or a marketplace file. Immutable. */
export interface ImageFile<Self = unknown> {
  architectures(): string[]
  extension(architecture: string, key: string): JsonValue | undefined
  /** The file with `value`, and nothing else, under that key, or without the key for undefined. */
  withExtension(architecture: string, key: string, value: JsonValue | undefined): Self
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

/** An entry's version: Azure calls it version, the other clouds release. */
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

/** Keeps members that are not part of an image. Leaves out images without a place in the layout. */
export function writeImages<F extends ImageFile<F>>(
  file: F,
  layout: LayoutName,
  architecture: string,
  cloud: CloudName,
  images: readonly SlotImage[],
): F {
  const root: Branch = new Map()
  for (const { slot, entry } of images) {
    const path = slotPath(layout, slot)
    if (path) addEntry(root, path, entry)
  }
  addOtherMembers(root, cloud, readTree(file, layout, architecture, cloud))
  const tree = root.size > 0 ? toRecord(root) : undefined
  const [key, within] = layoutRoot(layout, cloud)
  const value =
    within === undefined ? tree : withCloud(file.extension(architecture, key), within, tree)
  return file.withExtension(architecture, key, value)
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

function findEntries(
  cloud: CloudName,
  tree: JsonValue | undefined,
  path: readonly string[],
): { readonly path: readonly string[]; readonly entry: Entry }[] {
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

/** A tree while it is built. Names come from files: a plain object has `constructor` already. */
type Branch = Map<string, Branch | JsonValue>

function childOf(branch: Branch, name: string): Branch {
  const child = branch.get(name)
  return child instanceof Map ? child : new Map()
}

function addEntry(branch: Branch, [name, ...rest]: readonly string[], entry: Entry): void {
  if (name === undefined) {
    for (const [member, value] of Object.entries(entry)) branch.set(member, value)
    return
  }
  const child = childOf(branch, name)
  branch.set(name, child)
  addEntry(child, rest, entry)
}

function addOtherMembers(branch: Branch, cloud: CloudName, tree: JsonValue | undefined): void {
  if (!isRecord(tree)) return
  for (const [name, value] of Object.entries(tree)) {
    if (isRecord(value)) {
      const others = childOf(branch, name)
      addOtherMembers(others, cloud, value)
      if (others.size > 0) branch.set(name, others)
    } else if (value !== undefined && !branch.has(name) && !isEntryMember(cloud, [name, value])) {
      branch.set(name, value)
    }
  }
}

function toRecord(branch: Branch): JsonRecord {
  return Object.fromEntries(
    [...branch].map(([name, each]) => [name, each instanceof Map ? toRecord(each) : each]),
  )
}

/** The images of all clouds with one cloud's replaced, clouds in their order; undefined for none. */
function withCloud(
  old: JsonValue | undefined,
  cloud: string,
  tree: JsonRecord | undefined,
): JsonRecord | undefined {
  const all = new Map(Object.entries(isRecord(old) ? old : {})).set(cloud, tree)
  const kept = [...new Set<string>([...CLOUDS, ...all.keys()])]
    .map((name) => [name, all.get(name)] as const)
    .filter(([, value]) => value !== undefined)
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

/** As openshift/installer keeps it: `{ ARCH: { CLOUD: … } }`, indented by four spaces. */
export class MarketplaceFile implements ImageFile<MarketplaceFile> {
  private constructor(
    private readonly document: JsonDocument | undefined,
    private readonly value: JsonRecord,
  ) {}

  /** @param text undefined for a file that does not exist yet */
  static read(text: string | undefined, file: string): MarketplaceFile {
    if (text === undefined) return new MarketplaceFile(undefined, {})
    const document = parseDocument(text, file)
    const value = toValue(document.root)
    if (!isRecord(value) || !Object.values(value).every(isRecord)) {
      throw new InputError(
        `${file}: not a marketplace file: expected { ARCHITECTURE: { CLOUD: … } }`,
      )
    }
    return new MarketplaceFile(document, value)
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
    return new MarketplaceFile(this.document, Object.fromEntries(all))
  }

  print(): string {
    const root = this.document
      ? mergeNode(this.document.root, this.value, WHOLE)
      : fromValue(this.value)
    return printDocument({ before: '', after: '\n', indentation: '    ', ...this.document, root })
  }
}

/** A marketplace file has its shape and no key of a stream. @throws InputError */
export function readImageFile(text: string, file: string): Stream | MarketplaceFile {
  const { root } = parseDocument(text, file)
  const isStream = ['stream', 'architectures'].some((key) => getMember(root, key) !== undefined)
  const value = isStream ? undefined : toValue(root)
  const isMarketplace = isRecord(value) && Object.values(value).every(isRecord)
  return isMarketplace ? MarketplaceFile.read(text, file) : readStream(text, file)
}
