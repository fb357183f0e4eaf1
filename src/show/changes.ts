import { type Change, type Comparison, hasKind, losses, ofKinds } from '../core/changes/changes.ts'
import { RELEASE_UNKNOWN } from '../core/changes/grading.ts'
import type { Item } from '../core/changes/inventory.ts'
import { printSlot } from '../core/clouds/facts.ts'
import type { Grade, Selection } from '../core/selection/select.ts'
import { counted, listed } from '../printable.ts'
import { type Row, rows } from './rows.ts'
import { GRADE_STYLES, type Styled } from './style.ts'
import { alignRows } from './table.ts'

const SIGN_STYLES = { '+': 'green', '-': 'red', '~': 'yellow' } as const

/** One line for everything that changes in the same way, builds first. */
export function changeLines(changes: readonly Change[], styled: Styled): string[] {
  return printRows(rows(changes), styled)
}

export function lossLines(changes: readonly Change[], styled: Styled): string[] {
  const lost = new Set(losses(changes))
  return changeLines(
    changes.filter((change) => lost.has(change) || change.follows),
    styled,
  )
}

export function printRows(all: readonly Row[], { style, width }: Styled): string[] {
  const blocks = alignRows(
    all.map(({ sign, subject, what, date, grade }) => [sign, subject, what, date, grade ?? '']),
    width(),
  )
  return blocks.flatMap((lines, at) => {
    const { sign = '~', grade } = all[at] ?? {}
    return lines.map((line) => {
      if (grade === undefined || !line.endsWith(grade)) return style(SIGN_STYLES[sign], line)
      const head = line.slice(0, line.length - grade.length)
      return `${style(SIGN_STYLES[sign], head)}${style(GRADE_STYLES[grade], grade)}`
    })
  })
}

/**
 * One line of counts: `1 build and 2 images changed, 45 images unchanged, 3 images lag behind the
 * build, 11 slots without an image`. Kinds that were not compared are omitted.
 */
export function countLine(comparison: Comparison, selections: readonly Selection[] = []): string {
  const { changes, unchanged } = comparison
  const changed = slotNames(ofKinds(changes, 'slot'))
  const isKept = ({ before, after }: Change) => before?.value === after?.value
  const same = slotNames([...unchanged, ...changes.filter(isKept)])
  const kept = [...same].filter((name) => !changed.has(name)).length
  const filled = selections.filter(({ image }) => image !== undefined)
  const lag = filled.filter(({ grade }) => grade?.startsWith('older-')).length
  const empty = selections.length - filled.length
  return [
    countChanges(comparison) ?? 'nothing to compare',
    ...(kept > 0 ? [`${counted(kept, 'image')} unchanged`] : []),
    ...(lag > 0 ? [`${counted(lag, 'image')} ${lag === 1 ? 'lags' : 'lag'} behind the build`] : []),
    ...(empty > 0 ? [`${counted(empty, 'slot')} without an image`] : []),
  ].join(', ')
}

/** `1 build and 2 images changed`; undefined if neither builds nor images were compared. */
export function countChanges(comparison: Comparison): string | undefined {
  const { changes } = comparison
  const builds = ofKinds(changes, 'build').length
  const artifacts = ofKinds(changes, 'artifact').length
  const cloudImages = ofKinds(changes, 'image').length
  const images = slotNames(ofKinds(changes, 'slot')).size
  const counts = [
    ...(builds > 0 ? [counted(builds, 'build')] : []),
    ...(artifacts > 0 ? [counted(artifacts, 'artifact')] : []),
    ...(cloudImages > 0 ? [counted(cloudImages, 'cloud image')] : []),
    ...(images > 0 ? [counted(images, 'image')] : []),
  ]
  if (counts.length > 0) return `${listed(counts)} changed`
  const compared = [
    ...(hasKind(comparison, 'build') ? ['no build'] : []),
    ...(hasKind(comparison, 'slot') ? ['no image'] : []),
  ]
  return compared.length > 0 ? `${compared.join(' and ')} changed` : undefined
}

/** A slot that two layouts have counts once. */
function slotNames(items: readonly Pick<Item, 'subject'>[]): Set<string> {
  return new Set(
    items.flatMap(({ subject }) => (subject.kind === 'slot' ? [printSlot(subject.slot)] : [])),
  )
}

interface Graded {
  readonly grade?: Grade | undefined
  readonly ungraded?: string | undefined
  readonly days?: number | undefined
}

/** How close the images of slots are to their builds: `3 exact, 12 lag by up to 97 days`. */
export function gradeSummary(items: readonly Graded[]): string {
  const graded = items.filter(({ grade }) => grade !== undefined)
  const ungraded = items.length - graded.length
  const reasons = new Set(items.flatMap(({ grade, ungraded }) => (grade ? [] : (ungraded ?? []))))
  if (graded.length === 0 && reasons.has(RELEASE_UNKNOWN)) return counted(ungraded, 'image')
  const exact = graded.filter(({ grade }) => grade === 'exact').length
  const lagging = graded.filter(({ grade }) => grade?.startsWith('older-'))
  const newer = graded.length - exact - lagging.length
  const days = Math.max(0, ...lagging.map((item) => item.days ?? 0))
  const range = days > 0 ? ` by up to ${counted(days, 'day')}` : ''
  const why = reasons.size > 0 ? ` (${[...reasons].join(', ')})` : ''
  return [
    ...(graded.length > 0 ? [`${exact} exact`] : []),
    ...(newer > 0 ? [`${newer} newer`] : []),
    ...(lagging.length > 0 ? [`${lagging.length} lag${range}`] : []),
    ...(ungraded > 0 ? [`${ungraded} not graded${why}`] : []),
  ].join(', ')
}
