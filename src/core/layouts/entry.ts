import type { CloudName, Image } from '../snapshot/snapshot.ts'

/** An image as a stream names it: a few members, all of them text. */
export type Entry = Readonly<Record<string, string>>

/** What names an image, per cloud: the member in the stream, and the image's member. */
const ENTRIES = {
  azure: { publisher: 'publisher', offer: 'offer', sku: 'sku', version: 'version' },
  aws: { release: 'version', image: 'image' },
  gcp: { release: 'version', project: 'project', name: 'name' },
} as const satisfies Record<CloudName, Entry>

export function entryOf(cloud: CloudName, image: Image): Entry {
  return Object.fromEntries(
    Object.entries(ENTRIES[cloud]).map(([member, source]) => [member, String(image[source])]),
  )
}

/** An entry's version: Azure calls it version, the others release. */
export function versionOfEntry(entry: Entry): string | undefined {
  return entry.version ?? entry.release
}
