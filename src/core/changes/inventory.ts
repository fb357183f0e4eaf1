import { translate } from '../builds/translate.ts'
import { type Entry, printSlot, type Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { identityOf } from '../clouds/order.ts'
import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import type { Grade, Selection } from '../selection/select.ts'
import { canonicalJson } from '../snapshot/canonical.ts'
import {
  type CloudName,
  capturedClouds,
  getImages,
  getQueries,
  type Image,
  type SnapshotContent,
} from '../snapshot/snapshot.ts'
import { type LayoutName, ownExtensions } from '../stream/layouts.ts'
import { entryVersion, type ImageFile, imagesIn, toEntry } from '../stream/marketplace.ts'
import type { Stream } from '../stream/stream.ts'
import { daysBetween, readVersion } from '../versions/version.ts'

export type Subject =
  | { readonly kind: 'build'; readonly architecture: string }
  /** A platform of a build, one format of it, or a member of that: `aws`, `vmdk.gz`, `signature`. */
  | {
      readonly kind: 'artifact'
      readonly architecture: string
      readonly platform: string
      readonly format?: string
      readonly file?: string
      readonly member?: string
    }
  /** An image of the build itself in a cloud, per region where the cloud has regions. */
  | {
      readonly kind: 'image'
      readonly architecture: string
      readonly platform: string
      readonly region?: string
      readonly member?: string
    }
  | { readonly kind: 'slot'; readonly slot: Slot; readonly layout?: LayoutName }
  | { readonly kind: 'cloud'; readonly cloud: CloudName }
  | { readonly kind: 'listing'; readonly cloud: CloudName; readonly image: Image }
  | { readonly kind: 'query'; readonly cloud: CloudName; readonly query: object }
  /** What a snapshot was captured for: a member of `stream` or `criteria`. */
  | { readonly kind: 'setting'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
export type SubjectKind = Subject['kind']

export interface Item {
  readonly subject: Subject
  /** Equal for two items that cannot be distinguished. */
  readonly value: string
  readonly release?: string
  readonly entry?: Entry
  readonly grade?: Grade
  readonly ungraded?: string
  readonly days?: number
}

export type Inventory = ReadonlyMap<string, Item>

export function streamInventory(stream: Stream, layouts?: readonly LayoutName[]): Inventory {
  const builds = stream.architectures().flatMap((architecture): Item[] => {
    const release = stream.release(architecture)
    return buildItems(architecture, release, stream.architecture(architecture) ?? {})
  })
  return joined(toInventory(builds), imageInventory(stream, layouts))
}

export function imageInventory(holder: ImageFile, layouts?: readonly LayoutName[]): Inventory {
  return toInventory(
    imagesIn(holder, layouts).map(({ slot, entry, layout }) => slotItem(slot, entry, { layout })),
  )
}

export function buildInventory({ builds, stream }: SnapshotContent): Inventory {
  const items = Object.entries(builds).flatMap(([architecture, build]) => {
    const { release, ...content } = build
    const translated = translate(architecture, build, stream.signatures)
    const [item, ...parts] = buildItems(architecture, release, { ...translated })
    return item ? [{ ...item, value: `${release} ${canonicalJson(content)}` }, ...parts] : []
  })
  return toInventory(items)
}

export function snapshotInventory(snapshot: SnapshotContent): Inventory {
  const clouds = capturedClouds(snapshot).flatMap((cloud): Item[] => [
    { subject: { kind: 'cloud', cloud }, value: '' },
    ...getImages(snapshot, cloud).map(
      (image): Item => ({
        subject: { kind: 'listing', cloud, image },
        value: canonicalJson(image),
        release: image.version,
      }),
    ),
  ])
  return joined(buildInventory(snapshot), toInventory(clouds))
}

export function requestInventory({ stream, criteria, queries }: SnapshotContent): Inventory {
  const settings = Object.entries({ stream, criteria }).flatMap(([key, members]) =>
    Object.entries(members).map(
      ([name, value]): Item => ({
        subject: { kind: 'setting', path: `${key}.${name}` },
        value: canonicalJson(value),
      }),
    ),
  )
  const sent = capturedClouds({ queries }).flatMap((cloud) =>
    getQueries({ queries }, cloud).map((answered): Item => {
      const { images: _, missing, ...query } = answered as Readonly<Record<string, unknown>>
      return { subject: { kind: 'query', cloud, query }, value: missing ? 'not found' : 'found' }
    }),
  )
  return toInventory([...settings, ...sent])
}

export function selectionInventory(selections: readonly Selection[]): Inventory {
  return toInventory(
    selections.flatMap(({ slot, wanted, image, grade }): Item[] => {
      if (image === undefined || grade === undefined) return []
      const days = daysBetween(readVersion(image.version)?.stamp, wanted.release.stamp)
      const item = slotItem(slot, toEntry(slot.cloud, image), { grade })
      return [{ ...item, ...(days !== undefined && { days }) }]
    }),
  )
}

export function graded(inventory: Inventory, selections: readonly Selection[]): Inventory {
  const grades = new Map(selections.map(({ slot, grade }) => [printSlot(slot), grade]))
  return new Map(
    [...inventory].map(([key, item]) => {
      const { subject } = item
      const grade = subject.kind === 'slot' ? grades.get(printSlot(subject.slot)) : undefined
      return [key, grade ? { ...item, grade } : item]
    }),
  )
}

export function joined(...inventories: readonly Inventory[]): Inventory {
  return new Map(inventories.flatMap((each) => [...each]))
}

function buildItems(architecture: string, release: string | undefined, content: JsonRecord) {
  const items: Item[] = []
  const add = (subject: Subject, value: JsonValue | undefined, at: JsonValue | undefined) => {
    const own = typeof at === 'string' && at !== '' ? { release: at } : {}
    items.push({ subject, value: typeof value === 'string' ? value : canonicalJson(value), ...own })
  }
  add({ kind: 'build', architecture }, release ?? '', release)
  for (const [platform, artifact] of records(content.artifacts)) {
    const { release: at } = artifact
    const whole = { kind: 'artifact', architecture, platform } as const
    add(whole, typeof at === 'string' ? at : '', at)
    for (const [format, files] of records(artifact.formats)) {
      add({ ...whole, format }, files, at)
      for (const [file, members] of records(files)) {
        add({ ...whole, format, file }, '', at)
        for (const member of Object.keys(members)) {
          add({ ...whole, format, file, member }, '', at)
        }
      }
    }
  }
  const extensions = ownExtensions(content['rhel-coreos-extensions'])
  for (const [platform, image] of [...records(content.images), ...records(extensions)]) {
    const whole = { kind: 'image', architecture, platform } as const
    const images: [Subject & { kind: 'image' }, JsonRecord][] = isRecord(image.regions)
      ? records(image.regions).map(([region, each]) => [{ ...whole, region }, each])
      : [[whole, image]]
    for (const [subject, each] of images) {
      add(subject, each, each.release)
      for (const member of Object.keys(each)) add({ ...subject, member }, '', each.release)
    }
  }
  return items
}

export function slotItem(
  slot: Slot,
  entry: Entry,
  more: { readonly layout?: LayoutName; readonly grade?: Grade } = {},
): Item {
  const { layout, grade } = more
  const version = entryVersion(entry)
  return {
    subject: { kind: 'slot', slot, ...(layout && { layout }) },
    value: FACTS[slot.cloud].nameOf(entry),
    entry,
    ...(version !== undefined && { release: version }),
    ...(grade && { grade }),
  }
}

function records(value: JsonValue | undefined): [string, JsonRecord][] {
  return isRecord(value)
    ? Object.entries(value).flatMap(([key, each]): [string, JsonRecord][] =>
        isRecord(each) ? [[key, each]] : [],
      )
    : []
}

export function toInventory(items: readonly Item[]): Inventory {
  return new Map(items.map((item) => [keyOf(item.subject), item]))
}

/** What a part of a build is a part of; undefined for a platform and for other subjects. */
export function wholeOf(subject: Subject): Subject | undefined {
  if (subject.kind === 'artifact') {
    const { member, file, format, ...platform } = subject
    if (member !== undefined)
      return { ...platform, ...(format && { format }), ...(file && { file }) }
    if (file !== undefined) return { ...platform, ...(format && { format }) }
    return format === undefined ? undefined : platform
  }
  if (subject.kind !== 'image' || subject.member === undefined) return undefined
  const { member: _, ...image } = subject
  return image
}

export function keyOf(subject: Subject): string {
  if (subject.kind === 'slot') return ['slot', subject.layout, printSlot(subject.slot)].join('\n')
  if (subject.kind === 'query') return canonicalJson(subject)
  if (subject.kind === 'listing') {
    return ['listing', subject.cloud, identityOf(subject.cloud, subject.image)].join('\n')
  }
  const parts: Partial<Record<string, string>> = subject
  return KEY_PARTS.map((part) => parts[part]).join('\n')
}

const KEY_PARTS = [
  ...['kind', 'architecture', 'platform', 'format', 'file', 'region', 'member'],
  ...['cloud', 'path'],
]
