import { type Change, isRegraded } from '../core/changes/changes.ts'
import { type Item, type Subject, type SubjectKind, slotItem } from '../core/changes/inventory.ts'
import { diffValues } from '../core/changes/values.ts'
import type { Slot } from '../core/clouds/facts.ts'
import { groupAlike } from '../core/group.ts'
import type { Grade } from '../core/selection/select.ts'
import { canonicalJson } from '../core/snapshot/canonical.ts'
import { toEntry } from '../core/stream/marketplace.ts'
import { readVersion } from '../core/versions/version.ts'
import { counted, listed } from '../printable.ts'
import { groupSlots } from './slots.ts'

export const SIGN_WORDS = { '+': 'added', '~': 'changed', '-': 'removed' } as const
export type Sign = keyof typeof SIGN_WORDS

/** Everything that changes in the same way. */
export interface Row {
  readonly kind: SubjectKind
  readonly sign: Sign
  readonly subject: string
  readonly what: string
  readonly date: string
  readonly grade: Grade | undefined
}

/** The rows of changes in print order, without slots that only have another grade. */
export function rows(changes: readonly Change[]): Row[] {
  const shown = changes.filter((change) => !change.follows && !isRegraded(change))
  const clouds = ofKind(shown, 'cloud').map(({ subject }) => subject.cloud)
  const belongsToCloud = ({ subject }: Change) =>
    (subject.kind === 'listing' || subject.kind === 'query') && clouds.includes(subject.cloud)
  const rest = shown.filter((change) => !belongsToCloud(change))
  const parts = [...ofKind(rest, 'artifact'), ...ofKind(rest, 'image')]
  return [
    ...buildRows(shown, changes),
    ...partRows(parts.filter(isWhole).map(wholePart)),
    ...partRows(parts.filter((part) => !isWhole(part)).map(memberOfPart)),
    ...cloudRows(shown, changes),
    ...slotRows(rest),
    ...listingRows(rest),
    ...ofKind(rest, 'query').map(queryRow),
    ...ofKind(rest, 'setting').flatMap(settingRows),
    ...ofKind(rest, 'file').map((change) => row(change, change.subject.path, '')),
  ]
}

/** The rows of slots that keep their image and get another grade, one for each pair of grades. */
export function regradedRows(changes: readonly Change[]): Row[] {
  const slots = ofKind(changes.filter(isRegraded), 'slot')
  const members = slots.map((change) => {
    const { before, after, subject } = change
    const what = `same image: ${before?.grade} -> ${after?.grade}`
    return { slot: subject.slot, alike: what, row: row(change, '', what) }
  })
  return groupSlots(unique(members)).map(({ text, first }) => ({ ...first.row, subject: text }))
}

function row(
  { subject: { kind }, before, after }: Change,
  subject: string,
  what: string,
  date = '',
): Row {
  const sign = before === undefined ? '+' : after === undefined ? '-' : '~'
  return { kind, sign, subject, what, date, grade: undefined }
}

type ChangeOf<K extends SubjectKind> = Change & {
  readonly subject: Extract<Subject, { kind: K }>
}

export function ofKind<K extends SubjectKind>(changes: readonly Change[], kind: K): ChangeOf<K>[] {
  return changes.filter((change): change is ChangeOf<K> => change.subject.kind === kind)
}

function unique<T>(things: readonly T[]): T[] {
  return [...new Map(things.map((thing) => [JSON.stringify(thing), thing])).values()]
}

/** Architectures with the same change have one row; a removed build has the number of its parts. */
function buildRows(shown: readonly Change[], all: readonly Change[]): Row[] {
  const builds = ofKind(shown, 'build').map((change) => {
    const back = change.loss === 'older' ? ' (back to an earlier build)' : ''
    const what = `${move(change)}${back}${removedParts(change, all)}${describeAbsence(change)}`
    return { change, row: row(change, '', what, printDate(change.after?.release)) }
  })
  return groupAlike(builds, ({ row: { sign, what } }) => [sign, what]).map((group) => {
    const architectures = group.all.map(({ change }) => change.subject.architecture).join(', ')
    return { ...group.first.row, subject: `build ${architectures}` }
  })
}

/** ` (14 artifacts, 2 images)`: the parts that are removed with their build. */
function removedParts({ subject, after }: ChangeOf<'build'>, all: readonly Change[]): string {
  if (after !== undefined) return ''
  const parts = all.filter(({ follows }) => follows)
  const isOwn = (part: PartChange) =>
    part.subject.architecture === subject.architecture && isWhole(part)
  const artifacts = ofKind(parts, 'artifact').filter(
    (each) => isOwn(each) && each.subject.format === undefined,
  )
  const images = ofKind(parts, 'image').filter(isOwn)
  const counts = [
    ...(artifacts.length > 0 ? [counted(artifacts.length, 'artifact')] : []),
    ...(images.length > 0 ? [counted(images.length, 'image')] : []),
  ]
  return counts.length > 0 ? ` (${counts.join(', ')})` : ''
}

type PartChange = ChangeOf<'artifact' | 'image'>

/** Whether a part is a platform, a format or an image, not a member of one. */
function isWhole({ subject }: PartChange): boolean {
  return subject.kind === 'artifact' ? subject.file === undefined : subject.member === undefined
}

interface Part {
  readonly row: Row
  readonly architecture: string
  /** The plural noun of the names: `regions`. */
  readonly noun: string
  readonly name: string | undefined
}

/** A platform of a build with the name of one format or region. */
function wholePart(change: PartChange): Part {
  const { subject } = change
  const [name, noun] =
    subject.kind === 'image' ? [subject.region, 'regions'] : [subject.format, 'formats']
  const { kind, platform, architecture } = subject
  return { row: row(change, `${kind} ${platform}`, move(change)), architecture, noun, name }
}

/** `signature` with the name `aws img.gz disk` */
function memberOfPart(change: PartChange): Part {
  const { subject } = change
  const within = subject.kind === 'artifact' ? [subject.format, subject.file] : [subject.region]
  const member = subject.member ?? (subject.kind === 'artifact' ? (subject.file ?? '') : '')
  const place = [subject.platform, ...within].filter((each) => each !== member && each)
  const { architecture } = subject
  return { row: row(change, member, ''), architecture, noun: 'artifacts', name: place.join(' ') }
}

/** Names of one architecture, and then architectures with the same names, have one row. */
function partRows(parts: readonly Part[]): Row[] {
  const lists = groupAlike(parts, ({ row, architecture }) => [row, architecture]).map(
    ({ first, all }) => ({ ...first, names: all.flatMap(({ name }) => name ?? []) }),
  )
  return groupAlike(lists, ({ row, names }) => [row, names]).map(({ first, all }) => {
    const { row, noun, names } = first
    const architectures = all.map(({ architecture }) => architecture).join(', ')
    const count = names.length > 1 ? `${names.length} ${noun}: ` : ''
    const list = names.length > 0 ? ` · ${count}${names.join(', ')}` : ''
    return { ...row, subject: `${row.subject} ${architectures}${list}` }
  })
}

function cloudRows(shown: readonly Change[], all: readonly Change[]): Row[] {
  return ofKind(shown, 'cloud').map((change) => {
    const { cloud } = change.subject
    const images = ofKind(all, 'listing').filter(({ subject }) => subject.cloud === cloud)
    const what = `${counted(images.length, 'image')}${describeAbsence(change)}`
    return row(change, `cloud ${cloud}`, what)
  })
}

/** A slot of two layouts changes in both, and has one row. */
function slotRows(changes: readonly Change[]): Row[] {
  const slots = ofKind(changes, 'slot')
  const changed = groupAlike(slots, (change) => [change.subject.slot, move(change)])
  return imageRows(changed.map(({ first }) => ({ change: first, slot: first.subject.slot })))
}

function listingRows(changes: readonly Change[]): Row[] {
  return imageRows(
    ofKind(changes, 'listing').map((change) => {
      const { cloud, image } = change.subject
      return { change, slot: { ...image, cloud } }
    }),
  )
}

function imageRows(all: readonly { readonly change: Change; readonly slot: Slot }[]): Row[] {
  const members = all.map(({ change, slot }) => {
    const { after, absence } = change
    const own = { ...row(change, '', move(change), printDate(after?.release)), grade: after?.grade }
    const alike = [own.sign, own.what, own.grade, absence].join('\n')
    return { slot, change, row: own, alike }
  })
  return groupSlots(members).map(({ text, members, first, regions }) => {
    const { change } = first
    // A loss names all regions.
    const named = change.loss !== undefined && regions.length > 1 ? `: ${regions.join(', ')}` : ''
    const what = members.length > 1 ? move(change) : namedMove(change)
    return { ...first.row, subject: `${text}${named}`, what: `${what}${describeAbsence(change)}` }
  })
}

function queryRow(change: ChangeOf<'query'>): Row {
  const { cloud, query } = change.subject
  const result = (item: Item | undefined) => item?.value ?? 'not queried'
  const what = `${result(change.before)} -> ${result(change.after)}`
  return row(change, `${cloud} ${Object.values(query).join(' ')}`, what)
}

/** In characters. */
const LONGEST_SETTING = 120

function settingRows(change: ChangeOf<'setting'>): Row[] {
  const { before, after, subject } = change
  const parse = (item: Item | undefined) => item && JSON.parse(item.value)
  const print = (value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text.length > LONGEST_SETTING ? `${text.slice(0, LONGEST_SETTING)}…` : text
  }
  return diffValues(parse(before), parse(after)).map(({ path, ...values }) => {
    const what =
      'before' in values && 'after' in values
        ? `${print(values.before)} -> ${print(values.after)}`
        : 'after' in values
          ? `added ${print(values.after)}`
          : `removed ${print(values.before)}`
    return row(change, `${subject.path}${path === '.' ? '' : path}`, what)
  })
}

/** Why the image before the change is not listed: ` (not found)`. */
function describeAbsence({ absence, before, after }: Change): string {
  if (absence === undefined) return ''
  if (absence === 'dropped') return ' (removed by --drop)'
  const verb = absence === 'no-longer-listed' ? 'is' : 'was'
  const subject = after === undefined ? '' : `${before?.release ?? before?.value} ${verb} `
  return ` (${subject}${absence.replaceAll('-', ' ')})`
}

/** `A -> B`; a common prefix up to the last colon is printed once. */
function movedName(before: string | undefined, after: string | undefined): string {
  if (before === undefined || after === undefined) return before ?? after ?? ''
  const cut = before.lastIndexOf(':') + 1
  const isCommon = cut > 0 && after.startsWith(before.slice(0, cut))
  return `${before} -> ${isCommon ? after.slice(cut) : after}`
}

/** `A -> B`, or the side that exists. Images of the same version are named. */
function move({ before, after }: Change): string {
  if (before && after && before.subject.kind === 'listing') return memberChanges(before, after)
  const [old, fresh] = [versionText(before), versionText(after)]
  if (old === undefined || fresh === undefined) return old ?? fresh ?? ''
  if (old !== fresh) return `${old} -> ${fresh}`
  if (after?.subject.kind === 'build') return `${fresh}, different content`
  if (before && after && isPart(before)) return memberChanges(before, after)
  return `${before?.value} -> ${after?.value}`
}

/** `move` with the names of the images. */
function namedMove(change: Change): string {
  const { before, after } = change
  if (before && after && after.subject.kind === 'listing') {
    return `${imageText(after)}: ${memberChanges(before, after)}`
  }
  return movedName(before && imageText(before), after && imageText(after))
}

/** In characters. Longer values, such as URLs and digests, are not printed. */
const LONGEST_VALUE = 40

/** `state: active -> deprecated`, or `other sha256` for long values. */
function memberChanges(before: Item, after: Item): string {
  const members = diffValues(JSON.parse(before.value), JSON.parse(after.value)).map((each) => ({
    name: each.path.split('.').at(-1) ?? '',
    before: printMember(each.before),
    after: printMember(each.after),
  }))
  const isShort = members.every((each) =>
    [each.before, each.after].every((text) => text.length <= LONGEST_VALUE),
  )
  return isShort
    ? members.map((each) => `${each.name}: ${each.before} -> ${each.after}`).join(', ')
    : `other ${listed([...new Set(members.map(({ name }) => name))])}`
}

function printMember(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? canonicalJson(value)
    : String(value ?? 'none')
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

/** The date in a release or version, `2024-10-09`; empty if the version is unreadable. */
export function printDate(version = ''): string {
  return readVersion(version)?.stamp.replace(/^(....)(..)(..).*/, '$1-$2-$3') ?? ''
}
