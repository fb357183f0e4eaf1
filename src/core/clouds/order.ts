import { groupBy } from '../group.ts'
import type { CloudName, Image } from '../snapshot/snapshot.ts'
import { FACTS } from './index.ts'

type Named = Readonly<Record<string, unknown>>

export function getIdentity(cloud: CloudName, image: object): string {
  return FACTS[cloud].identity.map((member) => String((image as Named)[member])).join('\0')
}

/** Sorts images by identity, with versions as numbers, and removes duplicates. */
export function sortImages<T extends object>(cloud: CloudName, images: readonly T[]): T[] {
  const unique = new Map(images.map((image) => [getIdentity(cloud, image), image]))
  return [...unique.values()].sort((a, b) => compareMembers(a, b, FACTS[cloud].identity))
}

/** Sorts records, such as queries, by all members. */
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
 * Compares runs of digits by value: `4.8` is before `4.18`. The order is total: texts that only differ
 * in leading zeros are compared as text.
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
 * Removes duplicate records of images. Different records of one image are merged to an image that is
 * never selected.
 * @param warn receives a message for each such image
 */
export function mergeRecords(
  cloud: CloudName,
  images: readonly object[],
  warn: (text: string) => void,
): object[] {
  const { imageName, facets } = FACTS[cloud]
  const records = groupBy(images as readonly Image[], (image) =>
    [imageName(image as never), ...facets.map((facet) => image[facet])].join('\0'),
  )
  return [...records.values()].map((same) => {
    const unique = new Map(same.map((image) => [JSON.stringify(image), image]))
    const all = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, image]) => image)
    const [first] = all
    if (first === undefined || all.length === 1) return first ?? {}
    const name = imageName(first as never)
    warn(`${cloud}: ${name} is listed ${all.length} times with different properties: not selected`)
    return all.find(({ state }) => !isSelectable(state)) ?? { ...first, state: 'unknown' }
  })
}

/** Whether an image in this state may be selected, before its deprecation date. */
export function isSelectable(state: string): boolean {
  return state === 'active' || state === 'scheduled-for-deprecation'
}
