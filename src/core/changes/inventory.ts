import { translate } from '../builds/translate.ts'
import { type Entry, printSlot, type Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { getIdentity } from '../clouds/order.ts'
import { isRecord, type JsonRecord, type JsonValue, recordEntries } from '../json/document.ts'
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
import { daysBehind } from '../versions/version.ts'

export type Subject =
  | { readonly kind: 'build'; readonly architecture: string }
  /** A platform of a build, a format, a file or a member of it: `aws`, `vmdk.gz`, `disk`, `signature`. */
  | {
      readonly kind: 'artifact'
      readonly architecture: string
      readonly platform: string
      readonly format?: string
      readonly file?: string
      readonly member?: string
    }
  /** A cloud image of the build, per region if the cloud has regions. */
  | {
      readonly kind: 'image'
      readonly architecture: string
      readonly platform: string
      readonly region?: string
      readonly member?: string
    }
  | {
      readonly kind: 'slot'
      readonly slot: Slot
      readonly layout?: LayoutName
      /** Set for an image of the stream in a slot that the marketplace file has too. */
      readonly isSecond?: true
    }
  | { readonly kind: 'cloud'; readonly cloud: CloudName }
  | { readonly kind: 'listing'; readonly cloud: CloudName; readonly image: Image }
  | { readonly kind: 'query'; readonly cloud: CloudName; readonly query: object }
  /** A member of a snapshot's `stream` or `criteria`. */
  | { readonly kind: 'setting'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
export type SubjectKind = Subject['kind']

export interface Item {
  readonly subject: Subject
  /** Equal for two items that cannot be distinguished. */
  readonly value: string
  readonly release?: string | undefined
  readonly entry?: Entry
  readonly grade?: Grade | undefined
  /** Why an image has no grade. */
  readonly ungraded?: string | undefined
  /** Positive if the image is older than the build. */
  readonly days?: number | undefined
}

export type Inventory = ReadonlyMap<string, Item>

export function streamInventory(stream: Stream, layouts?: readonly LayoutName[]): Inventory {
  const builds = stream.architectures().flatMap((architecture): Item[] => {
    const release = stream.release(architecture)
    return buildItems(architecture, release, stream.architecture(architecture) ?? {})
  })
  return joinInventories(toInventory(builds), imageInventory(stream, layouts))
}

function imageInventory(file: ImageFile, layouts?: readonly LayoutName[]): Inventory {
  return toInventory(
    imagesIn(file, layouts).map(({ slot, entry, layout }) => slotItem(slot, entry, layout)),
  )
}

/** A stream and its marketplace file. An image in both of them is listed for both. */
export function filesInventory(
  stream: Stream | undefined,
  marketplaceFile: ImageFile | undefined,
  layouts?: readonly LayoutName[],
): Inventory {
  const images = marketplaceFile ? imageInventory(marketplaceFile) : new Map<string, Item>()
  const own = stream ? streamInventory(stream, layouts) : new Map<string, Item>()
  const items = [...own].map(([key, item]): Item => {
    const { subject } = item
    if (subject.kind !== 'slot' || !images.has(key)) return item
    return { ...item, subject: { ...subject, isSecond: true } }
  })
  return joinInventories(toInventory(items), images)
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
  return joinInventories(buildInventory(snapshot), toInventory(clouds))
}

export function settingInventory({ stream, criteria }: SnapshotContent): Inventory {
  const settings = Object.entries({ stream, criteria }).flatMap(([key, members]) =>
    Object.entries(members).map(
      ([name, value]): Item => ({
        subject: { kind: 'setting', path: `${key}.${name}` },
        value: canonicalJson(value),
      }),
    ),
  )
  return toInventory(settings)
}

export function requestInventory(content: SnapshotContent): Inventory {
  const { queries } = content
  const sent = capturedClouds({ queries }).flatMap((cloud) =>
    getQueries({ queries }, cloud).map((answered): Item => {
      const { images: _, missing, ...query } = answered as Readonly<Record<string, unknown>>
      return { subject: { kind: 'query', cloud, query }, value: missing ? 'not found' : 'found' }
    }),
  )
  return joinInventories(settingInventory(content), toInventory(sent))
}

export function selectionInventory(selections: readonly Selection[]): Inventory {
  return toInventory(
    selections.flatMap(({ slot, wanted, image, grade }): Item[] => {
      if (image === undefined || grade === undefined) return []
      const days = daysBehind(image.version, wanted.release)
      return [{ ...slotItem(slot, toEntry(slot.cloud, image)), grade, days }]
    }),
  )
}

export function withGrades(inventory: Inventory, selections: readonly Selection[]): Inventory {
  const grades = new Map(selections.map(({ slot, grade }) => [printSlot(slot), grade]))
  return mapItems(inventory, (item) => {
    const { subject } = item
    const grade = subject.kind === 'slot' ? grades.get(printSlot(subject.slot)) : undefined
    return grade ? { ...item, grade } : item
  })
}

export function mapItems(inventory: Inventory, map: (item: Item) => Item): Inventory {
  return new Map([...inventory].map(([key, item]) => [key, map(item)]))
}

export function joinInventories(...inventories: readonly Inventory[]): Inventory {
  return new Map(inventories.flatMap((each) => [...each]))
}

function buildItems(architecture: string, release: string | undefined, content: JsonRecord) {
  const items: Item[] = []
  const add = (subject: Subject, value: JsonValue, at: JsonValue | undefined) => {
    const text = typeof value === 'string' ? value : canonicalJson(value)
    items.push({ subject, value: text, release: typeof at === 'string' && at ? at : undefined })
  }
  add({ kind: 'build', architecture }, release ?? '', release)
  for (const [platform, artifact] of recordEntries(content.artifacts)) {
    const { release: at } = artifact
    const whole = { kind: 'artifact', architecture, platform } as const
    add(whole, typeof at === 'string' ? at : '', at)
    for (const [format, files] of recordEntries(artifact.formats)) {
      add({ ...whole, format }, files, at)
      for (const [file, members] of recordEntries(files)) {
        add({ ...whole, format, file }, '', at)
        for (const member of Object.keys(members)) add({ ...whole, format, file, member }, '', at)
      }
    }
  }
  const extensions = ownExtensions(content['rhel-coreos-extensions'])
  for (const [platform, image] of [
    ...recordEntries(content.images),
    ...recordEntries(extensions),
  ]) {
    const whole = { kind: 'image', architecture, platform } as const
    const regions = isRecord(image.regions)
      ? recordEntries(image.regions)
      : [[undefined, image] as const]
    for (const [region, each] of regions) {
      const subject = region === undefined ? whole : { ...whole, region }
      add(subject, each, each.release)
      for (const member of Object.keys(each)) add({ ...subject, member }, '', each.release)
    }
  }
  return items
}

export function slotItem(slot: Slot, entry: Entry, layout?: LayoutName): Item {
  return {
    subject: { kind: 'slot', slot, ...(layout && { layout }) },
    value: FACTS[slot.cloud].imageName(entry),
    entry,
    release: entryVersion(entry),
  }
}

export function toInventory(items: readonly Item[]): Inventory {
  return new Map(items.map((item) => [subjectKey(item.subject), item]))
}

/** The build, platform, format, file or image that contains a part of a build. */
export function getParent(part: Subject & { kind: 'artifact' | 'image' }): Subject {
  const last = ['member', 'file', 'format'].find((name) => name in part)
  if (last === undefined) return { kind: 'build', architecture: part.architecture }
  const rest = Object.entries(part).filter(([name]) => name !== last)
  return Object.fromEntries(rest) as unknown as Subject
}

export function subjectKey(subject: Subject): string {
  if (subject.kind === 'slot') {
    return ['slot', subject.layout, subject.isSecond, printSlot(subject.slot)].join('\n')
  }
  if (subject.kind === 'query') return canonicalJson(subject)
  if (subject.kind === 'listing') {
    return ['listing', subject.cloud, getIdentity(subject.cloud, subject.image)].join('\n')
  }
  const parts: Partial<Record<string, string>> = subject
  return KEY_PARTS.map((part) => parts[part]).join('\n')
}

const KEY_PARTS = 'kind architecture platform format file region member cloud path'.split(' ')
