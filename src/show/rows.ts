import { type Change, isRegraded } from '../core/changes/changes.ts'
import type { Item, Subject, SubjectKind } from '../core/changes/inventory.ts'
import { diffValues } from '../core/changes/values.ts'
import type { Slot } from '../core/clouds/facts.ts'
import { alike } from '../core/group.ts'
import type { Grade } from '../core/selection/select.ts'
import { counted } from '../printable.ts'
import { groupSlots } from './slots.ts'
import { absenceWords, dateOf, move, namedMove } from './values.ts'

export const SIGN_WORDS = { '+': 'added', '~': 'changed', '-': 'removed' } as const
export type Sign = keyof typeof SIGN_WORDS

/** One line of changes: everything that changes in the same way. */
export interface Row {
  readonly kind: SubjectKind
  readonly sign: Sign
  readonly subject: string
  readonly what: string
  readonly date: string
  readonly grade: Grade | undefined
}

/**
 * The rows of changes in the order in which they are printed. Slots that keep their image and get
 * another grade have rows of their own: `regradedRows`.
 */
export function rows(changes: readonly Change[]): Row[] {
  const shown = changes.filter((change) => !change.follows && !isRegraded(change))
  const clouds = ofKind(shown, 'cloud').map(({ subject }) => subject.cloud)
  const isOfWholeCloud = ({ subject }: Change) =>
    (subject.kind === 'listing' || subject.kind === 'query') && clouds.includes(subject.cloud)
  const rest = shown.filter((change) => !isOfWholeCloud(change))
  const parts = [...ofKind(rest, 'artifact'), ...ofKind(rest, 'image')]
  return [
    ...buildRows(shown, changes),
    ...partRows(parts.filter(({ subject }) => isWhole(subject)).map(wholePart)),
    ...partRows(parts.filter(({ subject }) => !isWhole(subject)).map(memberOfPart)),
    ...cloudRows(shown, changes),
    ...slotRows(rest),
    ...listingRows(rest),
    ...ofKind(rest, 'query').map(queryRow),
    ...ofKind(rest, 'setting').flatMap(settingRows),
    ...ofKind(rest, 'file').map((change) => row(change, change.subject.path, '')),
  ]
}

/** One row for each pair of grades. */
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

/** The changes of one kind, with the type of their subject. */
export function ofKind<K extends SubjectKind>(changes: readonly Change[], kind: K): ChangeOf<K>[] {
  return changes.filter((change): change is ChangeOf<K> => change.subject.kind === kind)
}

function unique<T>(things: readonly T[]): T[] {
  return [...new Map(things.map((thing) => [JSON.stringify(thing), thing])).values()]
}

/** Architectures with the same change in one row; a removed build is printed with its size. */
function buildRows(shown: readonly Change[], all: readonly Change[]): Row[] {
  const builds = ofKind(shown, 'build').map((change) => {
    const back = change.loss === 'older' ? ' (back to an earlier build)' : ''
    const what = `${move(change)}${back}${removedParts(change, all)}${absenceWords(change)}`
    return { change, row: row(change, '', what, dateOf(change.after)) }
  })
  return alike(builds, ({ row: { sign, what } }) => [sign, what]).map((group) => {
    const architectures = group.all.map(({ change }) => change.subject.architecture).join(', ')
    return { ...group.first.row, subject: `build ${architectures}` }
  })
}

/** ` (14 artifacts, 2 images)`: the parts that are removed with their build. */
function removedParts({ subject, after }: ChangeOf<'build'>, all: readonly Change[]): string {
  if (after !== undefined) return ''
  const parts = all.filter(({ follows }) => follows)
  const isOwn = (part: ChangeOf<'artifact' | 'image'>) =>
    part.subject.architecture === subject.architecture && isWhole(part.subject)
  const artifacts = ofKind(parts, 'artifact').filter(
    (each) => isOwn(each) && each.subject.format !== undefined,
  )
  const images = ofKind(parts, 'image').filter(isOwn)
  return ` (${counted(artifacts.length, 'artifact')}, ${counted(images.length, 'image')})`
}

type PartChange = ChangeOf<'artifact' | 'image'>

/** Whether a part is a platform, a format or an image, and not a member of one. */
function isWhole(subject: PartChange['subject']): boolean {
  return subject.kind === 'artifact' ? subject.file === undefined : subject.member === undefined
}

interface Part {
  readonly row: Row
  readonly architecture: string
  /** `regions`: what several names are. */
  readonly noun: string
  readonly name: string | undefined
}

/** A platform of a build with the name of one format or region. */
function wholePart(change: PartChange): Part {
  const { subject } = change
  const [name, noun] =
    subject.kind === 'image' ? [subject.region, 'regions'] : [subject.format, 'formats']
  const platform = `${subject.kind} ${subject.platform}`
  return {
    row: row(change, platform, move(change)),
    architecture: subject.architecture,
    noun,
    name,
  }
}

/** `signature` with the name `aws img.gz disk` */
function memberOfPart(change: PartChange): Part {
  const { subject } = change
  const within = subject.kind === 'artifact' ? [subject.format, subject.file] : [subject.region]
  const member = subject.member ?? (subject.kind === 'artifact' ? (subject.file ?? '') : '')
  const place = [subject.platform, ...within].filter((each) => each !== member && each)
  return {
    row: row(change, member, ''),
    architecture: subject.architecture,
    noun: 'artifacts',
    name: place.join(' '),
  }
}

/** Names of one architecture, and then architectures with the same names, in one row. */
function partRows(parts: readonly Part[]): Row[] {
  const lists = alike(parts, ({ row, architecture }) => [row, architecture]).map(
    ({ first, all }) => ({ ...first, names: all.flatMap(({ name }) => name ?? []) }),
  )
  return alike(lists, ({ row, names }) => [row, names]).map(({ first, all }) => {
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
    const what = `${counted(images.length, 'image')}${absenceWords(change)}`
    return row(change, `cloud ${cloud}`, what)
  })
}

/** A slot that two layouts have changes in both, and is printed once. */
function slotRows(changes: readonly Change[]): Row[] {
  const slots = ofKind(changes, 'slot')
  const changed = alike(slots, (change) => [change.subject.slot, move(change)])
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
    const each = { ...row(change, '', move(change), dateOf(after)), grade: after?.grade }
    return {
      slot,
      change,
      row: each,
      alike: [each.sign, each.what, each.grade, absence].join('\n'),
    }
  })
  return groupSlots(members).map(({ text, members, first, regions }) => {
    const { change } = first
    // Every region of a loss is named.
    const named = change.loss !== undefined && regions.length > 1 ? `: ${regions.join(', ')}` : ''
    const what = members.length > 1 ? move(change) : namedMove(change)
    return { ...first.row, subject: `${text}${named}`, what: `${what}${absenceWords(change)}` }
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
