import { type Change, type Comparison, hasKind, losses, ofKinds } from '../core/changes/changes.ts'
import { RELEASE_UNKNOWN } from '../core/changes/grading.ts'
import type { Item } from '../core/changes/inventory.ts'
import { printSlot } from '../core/clouds/slot.ts'
import type { Selection } from '../core/selection/select.ts'
import { counted } from '../printable.ts'
import type { Row, Sign } from './row.ts'
import { rows } from './rows.ts'
import { GRADE_STYLES, type Styled } from './style.ts'
import { alignRows } from './table.ts'
import { joinWords } from './values.ts'

const SIGN_STYLES = { '+': 'green', '-': 'red', '~': 'yellow' } as const satisfies Record<
  Sign,
  string
>

/** One line for everything that changes in the same way, builds first. */
export function changeLines(changes: readonly Change[], styled: Styled): string[] {
  return printRows(rows(changes), styled)
}

/** The lines of everything that is lost. */
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
 * One line of counts: `1 build and 2 images changed, 45 images unchanged, 3 images lag behind their
 * build, 11 slots without an image`. It has no word about kinds that were not compared.
 */
export function countLine(comparison: Comparison, selections: readonly Selection[] = []): string {
  const { changed, unchanged } = countChanges(comparison)
  const filled = selections.filter(({ image }) => image !== undefined)
  const lag = filled.filter(({ grade }) => grade?.startsWith('older-')).length
  const empty = selections.length - filled.length
  return [
    changed ?? 'nothing to compare',
    ...(unchanged > 0 ? [`${counted(unchanged, 'image')} unchanged`] : []),
    ...(lag > 0 ? [`${counted(lag, 'image')} ${lag === 1 ? 'lags' : 'lag'} behind the build`] : []),
    ...(empty > 0 ? [`${counted(empty, 'slot')} without an image`] : []),
  ].join(', ')
}

/**
 * `1 build and 2 images changed`, and the number of images that are unchanged. Undefined where neither
 * builds nor images were compared.
 */
export function countChanges(comparison: Comparison): {
  readonly changed: string | undefined
  readonly unchanged: number
} {
  const { changes } = comparison
  const builds = ofKinds(changes, 'build').length
  const parts = ofKinds(changes, 'artifact', 'image').length
  const images = slotNames(ofKinds(changes, 'slot').map(({ subject }) => ({ subject })))
  const kept = slotNames([
    ...comparison.unchanged,
    ...changes.filter(({ before, after }) => before?.value === after?.value),
  ])
  const counts = [
    ...(builds > 0 ? [counted(builds, 'build')] : []),
    ...(parts > 0 ? [`${counted(parts, 'part')} of builds`] : []),
    ...(images.size > 0 ? [counted(images.size, 'image')] : []),
  ]
  const compared = [
    ...(hasKind(comparison, 'build') ? ['no build'] : []),
    ...(hasKind(comparison, 'slot') ? ['no image'] : []),
  ]
  const nothing = compared.length > 0 ? `${compared.join(' and ')} changed` : undefined
  return {
    changed: counts.length > 0 ? `${joinWords(counts)} changed` : nothing,
    unchanged: [...kept].filter((name) => !images.has(name)).length,
  }
}

/** A slot that two layouts have counts once. */
function slotNames(items: readonly Pick<Item, 'subject'>[]): Set<string> {
  return new Set(
    items.flatMap(({ subject }) => (subject.kind === 'slot' ? [printSlot(subject.slot)] : [])),
  )
}

/**
 * How close images are to their builds: `3 exact, 12 lag by up to 97 days`.
 *
 * @param items slots of one side, graded
 */
export function gradeSummary(items: readonly Pick<Item, 'grade' | 'ungraded' | 'days'>[]): string {
  const count = (test: (item: Pick<Item, 'grade' | 'ungraded'>) => boolean) =>
    items.filter(test).length
  const exact = count(({ grade }) => grade === 'exact')
  const newer = count(({ grade }) => grade === 'newer-build')
  const lagging = items.filter(({ grade }) => grade?.startsWith('older-'))
  const days = Math.max(0, ...lagging.map((item) => item.days ?? 0))
  const reasons = new Set(items.flatMap(({ grade, ungraded }) => (grade ? [] : (ungraded ?? []))))
  const ungraded = count(({ grade }) => grade === undefined)
  if (ungraded === items.length && reasons.has(RELEASE_UNKNOWN)) {
    return ungraded === 0 ? '' : counted(ungraded, 'image')
  }
  return [
    ...(ungraded < items.length ? [`${exact} exact`] : []),
    ...(newer > 0 ? [`${newer} newer`] : []),
    ...(lagging.length > 0
      ? [`${lagging.length} lag${days > 0 ? ` by up to ${counted(days, 'day')}` : ''}`]
      : []),
    ...(ungraded > 0
      ? [`${ungraded} not graded${reasons.size > 0 ? ` (${[...reasons].join(', ')})` : ''}`]
      : []),
  ].join(', ')
}
