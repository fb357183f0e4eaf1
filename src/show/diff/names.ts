import type { FieldChange } from '../../core/audit/diff/images.ts'
import type { QueryChange } from '../../core/audit/diff/queries.ts'
import type { Filling } from '../../core/audit/diff/slots.ts'
import type { ValueChange } from '../../core/audit/diff/values.ts'
import { entryOf } from '../../core/layouts/entry.ts'
import { nameOf } from '../../core/layouts/names.ts'
import type { CloudName, Image } from '../../core/snapshot/snapshot.ts'

/** How the readers' formats, text and markdown, word the parts of a difference. */

/** The image as its cloud's tools call it, what the name does not tell, and a state worth telling. */
export function describeImage(cloud: CloudName, image: Image) {
  const { architecture, generation, region, state } = image
  return {
    name: nameOf(cloud, entryOf(cloud, image)),
    kind: [architecture, generation && `gen${generation}`, region].filter(Boolean).join(' '),
    state: state === 'active' ? '' : state,
  }
}

export function describeField({ name, before, after }: FieldChange): string {
  return `${name}: ${before ?? 'none'} -> ${after ?? 'none'}`
}

export function describeValue({ path, ...change }: ValueChange): string {
  if (!('before' in change)) return `${path}: added ${JSON.stringify(change.after)}`
  if (!('after' in change)) return `${path}: removed ${JSON.stringify(change.before)}`
  return `${path}: ${JSON.stringify(change.before)} -> ${JSON.stringify(change.after)}`
}

const QUERY_CHANGES: Readonly<Record<QueryChange['change'], string>> = {
  appeared: 'is there now',
  vanished: 'is not there any more',
  asked: 'is asked for now',
  'no longer asked': 'is not asked for any more',
}

export function describeQuery({ cloud, query, change }: QueryChange): string {
  return `${cloud} ${Object.values(query).map(String).join(' ')} ${QUERY_CHANGES[change]}`
}

/** What fills a slot: the image's name and grade, or what stands in for them. */
export function describeFilling(
  cloud: CloudName,
  filling: Filling | null,
): { image: string; grade: string } {
  if (filling === null) return { image: 'no such slot', grade: '' }
  const { image, grade } = filling
  return { image: image ? nameOf(cloud, image) : 'no image', grade: grade ?? '' }
}

/** Said with the slots where no release is known. */
export const LATEST_NOTE =
  'No release is known, as neither snapshot holds builds: the slots are those of the latest build ' +
  'that there could be. --target takes the releases from a stream.'
