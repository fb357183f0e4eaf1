import type { CloudName, ImageBase } from '../snapshot/snapshot.ts'
import { FACTS } from './index.ts'

type Named = Readonly<Record<string, unknown>>

export function identityOf(cloud: CloudName, image: object): string {
  return FACTS[cloud].identity.map((member) => String((image as Named)[member])).join('\0')
}

/** Sorts images by identity and drops repetitions; versions compare as numbers. */
export function sortImages<T extends object>(cloud: CloudName, images: readonly T[]): T[] {
  const unique = new Map(images.map((image) => [identityOf(cloud, image), image]))
  return [...unique.values()].sort((a, b) => compareMembers(a, b, FACTS[cloud].identity))
}

/** Sorts records, such as queries, by all of their members. */
export function sortByMembers<T extends object>(records: readonly T[]): T[] {
  const members = [...new Set(records.flatMap((record) => Object.keys(record)))].sort()
  return [...records].sort((a, b) => compareMembers(a, b, members))
}

function compareMembers(a: object, b: object, members: readonly string[]): number {
  for (const member of members) {
    const [left, right] = [(a as Named)[member], (b as Named)[member]]
    if (left === right) continue
    const order = compareAsNumbers(String(left ?? ''), String(right ?? ''))
    if (order !== 0) return order
  }
  return 0
}

/**
 * Compares two texts piece by piece, runs of digits by their value: `4.8` is before `4.18`.
 * A total order: texts that differ in leading zeros alone compare as text.
 */
export function compareAsNumbers(a: string, b: string): number {
  const left = a.match(/[0-9]+|[^0-9]+/g) ?? []
  const right = b.match(/[0-9]+|[^0-9]+/g) ?? []
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = comparePieces(left[at] ?? '', right[at] ?? '')
    if (order !== 0) return order
  }
  return left.length - right.length || compareText(a, b)
}

function comparePieces(a: string, b: string): number {
  if (!/^[0-9]/.test(a) || !/^[0-9]/.test(b)) return compareText(a, b)
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return x.length - y.length || compareText(x, y)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Merges the records of each image. Records that contradict each other become one that is never
 * selected: whether the image is deprecated, or what it is, is unknown.
 * @param warn receives the name of each such image
 */
export function mergeRecords(
  cloud: CloudName,
  images: readonly object[],
  warn: (text: string) => void,
): object[] {
  const { nameOf, facets } = FACTS[cloud]
  const records = new Map<string, Map<string, ImageBase>>()
  for (const image of images as readonly ImageBase[]) {
    const members = facets.map((facet) => (image as unknown as Named)[facet])
    const key = [nameOf(image as never), ...members].join('\0')
    const same = records.get(key) ?? new Map<string, ImageBase>()
    records.set(key, same.set(JSON.stringify(image), image))
  }
  return [...records.values()].map((same) => {
    const all = [...same.keys()].sort().flatMap((key) => same.get(key) ?? [])
    const [first] = all
    if (first === undefined || all.length === 1) return first ?? {}
    const name = nameOf(first as never)
    warn(`${cloud}: ${name} is listed ${all.length} times with different properties: not selected`)
    return all.find(({ state }) => !isSelectable(state)) ?? { ...first, state: 'unknown' }
  })
}

/** Whether an image in this state may be selected, before its deprecation date. */
export function isSelectable(state: string): boolean {
  return state === 'active' || state === 'scheduled-for-deprecation'
}
