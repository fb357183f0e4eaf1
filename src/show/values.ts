import type { Change } from '../core/changes/changes.ts'
import { type Item, slotItem } from '../core/changes/inventory.ts'
import { diffValues } from '../core/changes/values.ts'
import { toEntry } from '../core/stream/marketplace.ts'
import { readVersion } from '../core/versions/version.ts'
import { listed } from '../printable.ts'

/** Why the image before the change is not listed. */
export function absenceWords({ absence, before, after }: Change): string {
  if (absence === undefined) return ''
  if (absence === 'dropped') return ' (removed by --drop)'
  const subject = after === undefined ? '' : `${before?.release ?? before?.value} is `
  return ` (${subject}${absence.replaceAll('-', ' ')})`
}

/** `A -> B`; a beginning up to the last colon that both have is printed once. */
function movedName(before: string | undefined, after: string | undefined): string {
  if (before === undefined || after === undefined) return before ?? after ?? ''
  const cut = before.lastIndexOf(':') + 1
  const isCommon = cut > 0 && after.startsWith(before.slice(0, cut))
  return `${before} -> ${isCommon ? after.slice(cut) : after}`
}

/** `A -> B`, or the side that exists; names where the versions are the same. */
export function move({ before, after }: Change): string {
  if (before && after && before.subject.kind === 'listing') return memberChanges(before, after)
  const [old, fresh] = [versionText(before), versionText(after)]
  if (old === undefined || fresh === undefined) return old ?? fresh ?? ''
  if (old !== fresh) return `${old} -> ${fresh}`
  if (after?.subject.kind === 'build') return `${fresh}, other content`
  if (before && after && isPart(before)) return memberChanges(before, after)
  return `${before?.value} -> ${after?.value}`
}

/** `move` with the names of the images. */
export function namedMove(change: Change): string {
  const { before, after } = change
  if (before && after && after.subject.kind === 'listing') {
    return `${imageText(after)}: ${memberChanges(before, after)}`
  }
  return movedName(before && imageText(before), after && imageText(after))
}

/** In characters. A longer value, such as a URL or a digest, is not printed. */
const LONGEST_VALUE = 40

/** `state: active -> deprecated`, or `other sha256` for long values. */
function memberChanges(before: Item, after: Item): string {
  const members = diffValues(JSON.parse(before.value), JSON.parse(after.value)).map((each) => ({
    name: each.path.split('.').at(-1) ?? '',
    before: String(each.before ?? 'none'),
    after: String(each.after ?? 'none'),
  }))
  const isShort = members.every((each) =>
    [each.before, each.after].every((text) => text.length <= LONGEST_VALUE),
  )
  return isShort
    ? members.map((each) => `${each.name}: ${each.before} -> ${each.after}`).join(', ')
    : `other ${listed([...new Set(members.map(({ name }) => name))])}`
}

function isPart({ subject }: Item): boolean {
  return subject.kind === 'artifact' || subject.kind === 'image'
}

/** An AMI's id does not contain its release. */
function imageText({ subject, value, release, entry }: Item): string {
  if (subject.kind === 'listing') {
    const { cloud, image } = subject
    return imageText(slotItem({ cloud, plan: '', architecture: 'x86_64' }, toEntry(cloud, image)))
  }
  return release !== undefined && entry?.image === value ? `${release} (${value})` : value
}

function versionText(item: Item | undefined): string | undefined {
  return item?.release ?? (item && isPart(item) ? '' : item?.value)
}

/** The date in a release or version. */
export function dateOf(item: Item | undefined): string {
  const stamp = item?.release === undefined ? undefined : readVersion(item.release)?.stamp
  return stamp === undefined ? '' : `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`
}
