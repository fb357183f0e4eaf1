import type { CloudName, ImageBase } from '../snapshot/snapshot.ts'
import { FACTS } from './index.ts'

/**
 * Merges the records of each image. Records that contradict each other become one that is never
 * selected: whether the image is deprecated, or what it is, is not known.
 *
 * @param warn receives the name of each such image
 */
export function mergeRecords(
  cloud: CloudName,
  images: readonly object[],
  warn: (text: string) => void,
): object[] {
  const records = new Map<string, Map<string, ImageBase>>()
  for (const image of images as readonly ImageBase[]) {
    const key = imageKey(cloud, image)
    const same = records.get(key) ?? new Map<string, ImageBase>()
    records.set(key, same.set(JSON.stringify(image), image))
  }
  return [...records.values()].map((same) => {
    const [first, ...others] = [...same.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
    if (first === undefined || others.length === 0) return first?.[1] ?? {}
    const all = [first, ...others].map(([, image]) => image)
    const name = FACTS[cloud].nameOf(first[1] as never)
    warn(`${cloud}: ${name} is listed ${all.length} times with different properties: not selected`)
    return all.find(({ state }) => !SELECTABLE.includes(state)) ?? { ...first[1], state: 'unknown' }
  })
}

const SELECTABLE: readonly string[] = ['active', 'scheduled-for-deprecation']

/** The image's own name, and what one name may stand for several times: a generation, a region. */
function imageKey(cloud: CloudName, image: ImageBase): string {
  const { nameOf, facets } = FACTS[cloud]
  const members = image as unknown as Readonly<Record<string, unknown>>
  return [nameOf(members as never), ...facets.map((facet) => String(members[facet]))].join('\0')
}
