import type { Entry } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import type { CloudName, Image } from '../snapshot/snapshot.ts'

export function toEntry(cloud: CloudName, image: Image): Entry {
  return Object.fromEntries(
    Object.entries(FACTS[cloud].entry).map(([member, source]) => [member, String(image[source])]),
  )
}

/** An entry's version: Azure calls it version, the others release. */
export function entryVersion(entry: Entry): string | undefined {
  return entry.version ?? entry.release
}
