import { type Change, isRegraded } from '../core/changes/changes.ts'
import type { Item } from '../core/changes/inventory.ts'
import { diffValues } from '../core/changes/values.ts'
import type { Slot } from '../core/clouds/slot.ts'
import { counted } from '../printable.ts'
import { buildRows, memberRows, partRows } from './build-rows.ts'
import { type ChangeOf, ofKind, type Row, row, signOf } from './row.ts'
import { groupSlots } from './slots.ts'
import { absenceWords, dateOf, move, namedMove } from './values.ts'

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
  return [
    ...buildRows(shown, changes),
    ...partRows(rest),
    ...memberRows(rest),
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
  const members = ofKind(changes.filter(isRegraded), 'slot').map(({ subject, before, after }) => ({
    slot: subject.slot,
    move: `same image: ${before?.grade} -> `,
    grade: after?.grade,
    alike: `${before?.grade}\n${after?.grade}`,
  }))
  const unique = new Map(members.map((member) => [JSON.stringify(member), member]))
  return groupSlots([...unique.values()]).flatMap(({ text, members: [first] }) =>
    first
      ? [
          {
            sign: '~',
            subject: text,
            what: `${first.move}${first.grade}`,
            date: '',
            grade: undefined,
          },
        ]
      : [],
  )
}

function cloudRows(shown: readonly Change[], all: readonly Change[]): Row[] {
  return ofKind(shown, 'cloud').map((change) => {
    const images = ofKind(all, 'listing').filter(
      ({ subject }) => subject.cloud === change.subject.cloud,
    )
    const reason = change.after === undefined ? ' (not queried)' : ''
    return row(
      change,
      `cloud ${change.subject.cloud}`,
      `${counted(images.length, 'image')}${reason}`,
    )
  })
}

/** A slot that two layouts have changes in both, and is printed once. */
function slotRows(changes: readonly Change[]): Row[] {
  const members = ofKind(changes, 'slot').map((change) => ({ change, slot: change.subject.slot }))
  const unique = new Map(
    members.map((member) => [`${JSON.stringify(member.slot)} ${move(member.change)}`, member]),
  )
  return imageRows([...unique.values()])
}

function listingRows(changes: readonly Change[]): Row[] {
  return imageRows(
    ofKind(changes, 'listing').map((change) => {
      const { cloud, image } = change.subject
      const { plan, architecture, generation, region } = image
      const slot: Slot = {
        cloud,
        plan,
        architecture,
        ...(generation !== undefined && { generation }),
        ...(region !== undefined && { region }),
      }
      return { change, slot }
    }),
  )
}

function imageRows(all: readonly { readonly change: Change; readonly slot: Slot }[]): Row[] {
  const groups = groupSlots(
    all.map(({ change, slot }) => ({
      slot,
      change,
      alike: [
        ...[slot.cloud, signOf(change), move(change)],
        ...[change.after?.grade ?? '', change.absence ?? ''],
      ].join('\n'),
    })),
  )
  return groups.flatMap(({ text, members, regions }) => {
    const [first] = members
    if (first === undefined) return []
    const { change } = first
    // Every region of a loss is named.
    const named = change.loss !== undefined && regions.length > 1 ? `: ${regions.join(', ')}` : ''
    const what = members.length > 1 ? move(change) : namedMove(change)
    return [
      {
        ...row(change, `${text}${named}`, `${what}${absenceWords(change)}`, dateOf(change.after)),
        grade: change.after?.grade,
      },
    ]
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
  const print = (value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text.length > LONGEST_SETTING ? `${text.slice(0, LONGEST_SETTING)}…` : text
  }
  return diffValues(parse(before), parse(after)).map(({ path, ...values }) => ({
    ...row(change, `${subject.path}${path === '.' ? '' : path}`, ''),
    what:
      'before' in values && 'after' in values
        ? `${print(values.before)} -> ${print(values.after)}`
        : 'after' in values
          ? `added ${print(values.after)}`
          : `removed ${print(values.before)}`,
  }))
}

function parse(item: Item | undefined): unknown {
  return item === undefined ? undefined : JSON.parse(item.value)
}
