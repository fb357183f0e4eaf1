import { diffFields } from '../core/audit/diff/images.ts'
import { diffValues } from '../core/audit/diff/values.ts'
import type { AbsenceReason } from '../core/changes/absence.ts'
import { type Change, type Comparison, hasKind, losses, ofKinds } from '../core/changes/changes.ts'
import { type Item, slotItem } from '../core/changes/inventory.ts'
import { printSlot, type Slot } from '../core/clouds/slot.ts'
import { groupBy } from '../core/group.ts'
import type { Grade } from '../core/selection/grade.ts'
import type { Selection } from '../core/selection/select.ts'
import { READ, unreadOf } from '../core/stream/known.ts'
import { FILE_LAYOUT, layoutRoot, slotPath } from '../core/stream/layouts.ts'
import { toEntry } from '../core/stream/marketplace.ts'
import { readVersion } from '../core/versions/version.ts'
import { counted } from '../printable.ts'
import { colourOf } from './grade.ts'
import { describeSlots, groupSlots } from './slots.ts'
import type { Styled } from './style.ts'
import { alignRows } from './table.ts'
import { describeField } from './values.ts'

const SIGNS = { added: '+', changed: '~', removed: '-' } as const
type Sign = (typeof SIGNS)[keyof typeof SIGNS]
const STYLES = { '+': 'green', '-': 'red', '~': 'yellow' } as const satisfies Record<Sign, string>

/** A line of a plan: whatever changes alike. */
export interface PlanRow {
  readonly sign: Sign
  readonly subject: string
  readonly what: string
  readonly date: string
  readonly grade: Grade | undefined
}

/**
 * The plan of changes: a line for each thing that changes, `+` added, `~` old -> new, `-` gone;
 * builds first, then their parts, then slots and listed images, grouped where they change alike.
 *
 * @param changes those to tell of
 */
export function planLines(
  comparison: Comparison,
  styled: Styled,
  changes: readonly Change[] = comparison.changes,
): string[] {
  return printPlan(planRows(comparison, changes), styled)
}

/** The lines of a plan that tell what is lost. */
export function lossLines(comparison: Comparison, styled: Styled): string[] {
  return planLines(comparison, styled, losses(comparison.changes))
}

/**
 * One line of counts, of what was looked at and nothing else: `1 build and 2 images changed, 45
 * images as before, 3 behind their build, 11 slots without an image`.
 */
export function countLine(comparison: Comparison, selections: readonly Selection[]): string {
  const builds = ofKinds(comparison.changes, 'build').length
  const parts = ofKinds(comparison.changes, 'artifact', 'image').length
  const changed = new Set(
    ofKinds(comparison.changes, 'slot').map(({ subject }) => slotName(subject)),
  ).size
  const told = new Set(ofKinds(comparison.changes, 'slot').map(({ subject }) => slotName(subject)))
  const filled = selections.filter(({ image }) => image !== undefined)
  const same = filled.filter(({ slot }) => !told.has(printSlot(slot))).length
  const behind = filled.filter(({ grade }) => grade?.startsWith('older-')).length
  const empty = selections.length - filled.length
  const changes = [
    ...(builds > 0 ? [counted(builds, 'build')] : []),
    ...(parts > 0 ? [`${counted(parts, 'part')} of builds`] : []),
    ...(changed > 0 ? [counted(changed, 'image')] : []),
  ]
  const isOfBuilds = hasKind(comparison, 'build')
  const isOfImages = selections.length > 0 || hasKind(comparison, 'slot')
  const nothing = [...(isOfBuilds ? ['build'] : []), ...(isOfImages ? ['image'] : [])]
  return [
    changes.length > 0 ? `${listed(changes)} changed` : `no ${nothing.join(' and no ')} changed`,
    ...(isOfImages ? [`${counted(same, 'image')} as before`] : []),
    ...(isOfImages ? [`${behind} behind ${behind === 1 ? 'its' : 'their'} build`] : []),
    ...(isOfImages ? [`${counted(empty, 'slot')} without an image`] : []),
  ].join(', ')
}

/**
 * Who reads what is written anew: stream-metadata-go, and with it the installer and the operators,
 * knows `marketplace.azure` alone. None where nothing else is written.
 */
export function readersLines(comparison: Comparison): string[] {
  const passedOver = ofKinds(comparison.changes, 'slot').flatMap(({ subject, after }) => {
    if (subject.kind !== 'slot' || after === undefined) return []
    const { slot, layout = FILE_LAYOUT } = subject
    const path = [...layoutRoot(layout, slot.cloud), ...(slotPath(layout, slot) ?? [])]
    return unreadOf(path)?.join('.') ?? []
  })
  return passedOver.length === 0
    ? []
    : [
        `the installer and the operators read ${READ.join(', ')} alone, and pass over ${[...new Set(passedOver)].join(', ')}`,
      ]
}

/** What is filled from an earlier RHEL major, a line for each version; none where nothing is. */
export function earlierMajorLines(selections: readonly Selection[]): string[] {
  const earlier = selections.filter(({ grade }) => grade === 'older-rhel-major')
  const byVersion = groupBy(earlier, ({ image }) => image?.version ?? '')
  return [...byVersion].map(
    ([version, group]) =>
      `from an earlier RHEL major, ${version}: ${describeSlots(group.map(({ slot }) => slot)).join('; ')}`,
  )
}

/** The same as rows. */
export function planRows(comparison: Comparison, changes: readonly Change[]): PlanRow[] {
  return [
    ...buildRows(comparison, changes),
    ...partRows(changes),
    ...memberRows(changes),
    ...cloudRows(comparison, changes),
    ...slotRows(changes),
    ...listingRows(changes),
  ]
}

export function printPlan(rows: readonly PlanRow[], { style, width }: Styled): string[] {
  const blocks = alignRows(
    rows.map(({ sign, subject, what, date, grade }) => [sign, subject, what, date, grade ?? '']),
    width(),
  )
  return blocks.flatMap((lines, at) => {
    const { sign = '~', grade } = rows[at] ?? {}
    return lines.map((line) => {
      if (grade === undefined || !line.endsWith(grade)) return style(STYLES[sign], line)
      const head = line.slice(0, line.length - grade.length)
      return `${style(STYLES[sign], head)}${style(colourOf(grade), grade)}`
    })
  })
}

function signOf({ before, after }: Pick<Change, 'before' | 'after'>): Sign {
  return before === undefined ? '+' : after === undefined ? '-' : '~'
}

/** Architectures whose build does the same on one line; one that goes says with how much. */
function buildRows(comparison: Comparison, changes: readonly Change[]): PlanRow[] {
  const builds = changes.flatMap((change) =>
    change.subject.kind === 'build' && !change.follows
      ? [{ change, architecture: change.subject.architecture }]
      : [],
  )
  const groups = groupBy(builds, ({ change, architecture }) =>
    [signOf(change), moveOf(change), partsOf(comparison, architecture, change)].join('\n'),
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { change, architecture } = first
    const parts = partsOf(comparison, architecture, change)
    return [
      {
        sign: signOf(change),
        subject: `build ${group.map((each) => each.architecture).join(', ')}`,
        what: `${moveOf(change)}${parts}`,
        date: dateOf(change.after),
        grade: undefined,
      },
    ]
  })
}

/** ` (14 artifacts, 2 images)`, what goes with a build that goes. */
function partsOf(comparison: Comparison, architecture: string, { after }: Change): string {
  if (after !== undefined) return ''
  const parts = comparison.changes.flatMap(({ subject, follows }) =>
    follows && 'architecture' in subject && subject.architecture === architecture ? [subject] : [],
  )
  const whole = parts.filter(isWholePart)
  const artifacts = whole.filter((each) => each.kind === 'artifact' && each.format !== undefined)
  const images = whole.filter(({ kind }) => kind === 'image')
  return ` (${counted(artifacts.length, 'artifact')}, ${counted(images.length, 'image')})`
}

/** Formats by platform and regions by platform; what architectures have alike on one line. */
function partRows(changes: readonly Change[]): PlanRow[] {
  const parts = changes.flatMap((change) => {
    const { subject, follows } = change
    return !follows && isWholePart(subject) ? [{ change, subject }] : []
  })
  const byArchitecture = groupBy(parts, ({ change, subject }) =>
    [signOf(change), subject.kind, subject.platform, subject.architecture, moveOf(change)].join(
      '\n',
    ),
  )
  const lines = [...byArchitecture.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const names = group.flatMap(({ subject }) =>
      subject.kind === 'image' ? (subject.region ?? []) : (subject.format ?? []),
    )
    const { change, subject } = first
    return [{ change, subject, names, key: [signOf(change), subject.kind, subject.platform] }]
  })
  const alike = groupBy(lines, ({ key, names, change }) =>
    [...key, ...names, moveOf(change)].join('\n'),
  )
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { change, subject, names } = first
    const architectures = group.map((each) => each.subject.architecture).join(', ')
    const what = subject.kind === 'image' ? 'image' : 'artifact'
    const several = names.length > 1 ? ` · ${names.length} ${NOUNS[subject.kind]}: ` : ' · '
    return [
      {
        sign: signOf(change),
        subject: `${what} ${subject.platform} ${architectures}${names.length > 0 ? `${several}${names.join(', ')}` : ''}`,
        what: moveOf(change),
        date: '',
        grade: undefined,
      },
    ]
  })
}

const NOUNS = { image: 'regions', artifact: 'formats' } as const

type PartSubject = Extract<Change['subject'], { readonly kind: 'artifact' | 'image' }>

function isWholePart(subject: Change['subject']): subject is PartSubject {
  return (
    (subject.kind === 'artifact' && subject.file === undefined) ||
    (subject.kind === 'image' && subject.member === undefined)
  )
}

/** Members of artifacts and images, such as signatures: the same member on one line. */
function memberRows(changes: readonly Change[]): PlanRow[] {
  const members = changes.flatMap((change) => {
    const { subject, follows } = change
    if (follows || (subject.kind !== 'artifact' && subject.kind !== 'image')) return []
    if (isWholePart(change.subject)) return []
    const { platform, architecture, member } = subject
    const within = subject.kind === 'artifact' ? [subject.format, subject.file] : [subject.region]
    const name = member ?? (subject.kind === 'artifact' ? subject.file : undefined) ?? ''
    const place = [platform, ...within].filter((each) => each !== undefined && each !== name)
    return [{ sign: signOf(change), name, architecture, place: place.join(' ') }]
  })
  const byArchitecture = groupBy(members, ({ sign, name, architecture }) =>
    [sign, name, architecture].join('\n'),
  )
  const alike = groupBy([...byArchitecture.values()], (group) =>
    [group[0]?.sign, group[0]?.name, ...group.map(({ place }) => place)].join('\n'),
  )
  return [...alike.values()].flatMap((groups) => {
    const [first] = groups[0] ?? []
    if (first === undefined) return []
    const places = (groups[0] ?? []).map(({ place }) => place)
    const architectures = groups.map((group) => group[0]?.architecture).join(', ')
    const several = places.length > 1 ? `${places.length} artifacts: ` : ''
    return [
      {
        sign: first.sign,
        subject: `${first.name} ${architectures} · ${several}${places.join(', ')}`,
        what: '',
        date: '',
        grade: undefined,
      },
    ]
  })
}

/** A cloud that comes or goes stands for all that it listed. */
function cloudRows(comparison: Comparison, changes: readonly Change[]): PlanRow[] {
  return changes.flatMap((change): PlanRow[] => {
    const { subject } = change
    if (subject.kind !== 'cloud') return []
    const listed = comparison.changes.filter(
      (each) => each.subject.kind === 'listing' && each.subject.cloud === subject.cloud,
    )
    return [
      {
        sign: signOf(change),
        subject: `cloud ${subject.cloud}`,
        what: counted(listed.length, 'image'),
        date: '',
        grade: undefined,
      },
    ]
  })
}

function slotRows(changes: readonly Change[]): PlanRow[] {
  // A slot that two layouts have changes in both.
  const bySlot = new Map(
    changes.flatMap((change): [string, { change: Change; slot: Slot }][] =>
      change.subject.kind === 'slot'
        ? [
            [
              `${printSlot(change.subject.slot)} ${moveOf(change)}`,
              { change, slot: change.subject.slot },
            ],
          ]
        : [],
    ),
  )
  return alikeRows([...bySlot.values()])
}

/** Of a cloud that came or went as a whole its own line tells. */
function listingRows(changes: readonly Change[]): PlanRow[] {
  const whole = new Set(
    changes.flatMap(({ subject }) => (subject.kind === 'cloud' ? [subject.cloud] : [])),
  )
  return alikeRows(
    changes.flatMap((change) => {
      const { subject } = change
      if (subject.kind !== 'listing' || whole.has(subject.cloud)) return []
      const { cloud, image } = subject
      const { plan, architecture, generation, region } = image
      const slot: Slot = {
        cloud,
        plan,
        architecture,
        ...(generation !== undefined && { generation }),
        ...(region !== undefined && { region }),
      }
      return [{ change, slot }]
    }),
  )
}

function alikeRows(all: readonly { readonly change: Change; readonly slot: Slot }[]): PlanRow[] {
  const groups = groupSlots(
    all.map(({ change, slot }) => ({
      slot,
      change,
      alike: [
        ...[slot.cloud, signOf(change), moveOf(change)],
        ...[change.after?.grade ?? '', change.absence ?? ''],
      ].join('\n'),
    })),
  )
  return groups.flatMap(({ text, members, regions }) => {
    const [first] = members
    if (first === undefined) return []
    const { change } = first
    // What is lost is named, each region of it.
    const named = change.loss !== undefined && regions.length > 1 ? `: ${regions.join(', ')}` : ''
    return [
      {
        sign: signOf(change),
        subject: `${text}${named}`,
        what: `${members.length > 1 ? moveOf(change) : nameMove(change)}${absenceWords(change)}`,
        date: dateOf(change.after),
        grade: change.after?.grade,
      },
    ]
  })
}

const ABSENCES: Readonly<Record<AbsenceReason, string>> = {
  'not-queried': 'not queried',
  'not-found': 'not found',
  'no-longer-listed': 'no longer listed',
}

/** Why the image that was there is not listed. */
function absenceWords({ absence, before, after }: Change): string {
  if (absence === undefined) return ''
  const reason: AbsenceReason = absence
  const words = ABSENCES[reason]
  return after === undefined ? ` (${words})` : ` (${before?.release ?? before?.value} is ${words})`
}

/** The same for one image, by its name: what both have alike is said once. */
function nameMove({ before, after }: Pick<Change, 'before' | 'after'>): string {
  const fields = fieldsBetween(before, after)
  if (fields !== undefined && after !== undefined) return `${imageText(after)}: ${fields}`
  return movedName(before && imageText(before), after && imageText(after))
}

/** `A -> B`; what both have alike is said once. */
export function movedName(old: string | undefined, fresh: string | undefined): string {
  if (old === undefined || fresh === undefined) return old ?? fresh ?? ''
  const cut = old.lastIndexOf(':') + 1
  const isAlike = cut > 0 && fresh.startsWith(old.slice(0, cut))
  return `${old} -> ${isAlike ? fresh.slice(cut) : fresh}`
}

/** An AMI's id tells nothing by itself. */
function imageText({ subject, value, release, entry }: Item): string {
  if (subject.kind === 'listing') {
    const { cloud, image } = subject
    return imageText(slotItem({ cloud, plan: '', architecture: 'x86_64' }, toEntry(cloud, image)))
  }
  return release !== undefined && entry?.image === value ? `${release} (${value})` : value
}

/** `A -> B`, or what there is of them; names where the version does not tell them apart. */
function moveOf({ before, after }: Pick<Change, 'before' | 'after'>): string {
  const fields = fieldsBetween(before, after)
  if (fields !== undefined) return fields
  const [old, fresh] = [textOf(before), textOf(after)]
  if (old === undefined || fresh === undefined) return old ?? fresh ?? ''
  if (old !== fresh) return `${old} -> ${fresh}`
  return membersBetween(before, after) ?? `${before?.value} -> ${after?.value}`
}

/** In columns: what of a member is shown. A URL or a digest is known by its name alone. */
const LONGEST_MEMBER = 40

/** What changed of a part of a build that is of the same release as before. */
function membersBetween(before: Item | undefined, after: Item | undefined): string | undefined {
  if (!before || !after || !isPart(before)) return undefined
  const members = diffValues(JSON.parse(before.value), JSON.parse(after.value)).map((each) => ({
    name: each.path.split('.').at(-1) ?? '',
    before: String(each.before ?? 'none'),
    after: String(each.after ?? 'none'),
  }))
  const isShort = members.every((each) =>
    [each.before, each.after].every((text) => text.length <= LONGEST_MEMBER),
  )
  return isShort
    ? members.map(describeField).join(', ')
    : `another ${listed([...new Set(members.map(({ name }) => name))])}`
}

function isPart({ subject }: Item): boolean {
  return subject.kind === 'artifact' || subject.kind === 'image'
}

/** What changed of an image that is listed before and after. */
function fieldsBetween(before: Item | undefined, after: Item | undefined): string | undefined {
  if (before?.subject.kind !== 'listing' || after?.subject.kind !== 'listing') return undefined
  return diffFields(before.subject.image, after.subject.image).map(describeField).join(', ')
}

function textOf(item: Item | undefined): string | undefined {
  return item?.release ?? (item && isPart(item) ? '' : item?.value)
}

/** The day that a release or version tells. */
function dateOf(item: Item | undefined): string {
  const stamp = item?.release === undefined ? undefined : readVersion(item.release)?.stamp
  return stamp === undefined ? '' : `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`
}

function slotName(subject: Change['subject']): string {
  return subject.kind === 'slot' ? printSlot(subject.slot) : ''
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
