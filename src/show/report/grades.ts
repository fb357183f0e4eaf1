import type { SlotState } from '../../core/audit/history/slot-state.ts'
import type { Grade } from '../../core/selection/grade.ts'
import { counted } from '../../printable.ts'
import { type Html, html } from './html.ts'

/** How each grade is shown: by word and by a sign, so that colour tells nothing by itself. */
export const LOOKS: Readonly<
  Record<Grade | 'none' | 'unknown', { word: string; sign: string; symbol: string; says: string }>
> = {
  exact: {
    word: 'exact',
    sign: '✓',
    symbol: 'circle',
    says: 'The image is of the release’s own build.',
  },
  'newer-build': {
    word: 'newer build',
    sign: '↑',
    symbol: 'triangle',
    says: 'Same OCP and RHEL, a later build.',
  },
  'older-build': {
    word: 'older build',
    sign: '↓',
    symbol: 'square',
    says: 'Same OCP and RHEL, an earlier build.',
  },
  'older-release': {
    word: 'older release',
    sign: '↓↓',
    symbol: 'diamond',
    says: 'Of an earlier OCP or RHEL minor.',
  },
  'older-rhel-major': {
    word: 'older RHEL major',
    sign: '↓↓↓',
    symbol: 'star',
    says: 'Of the RHEL major before.',
  },
  none: { word: 'no image', sign: '✕', symbol: 'times', says: 'No image may fill the slot.' },
  unknown: {
    word: 'not graded',
    sign: '?',
    symbol: 'plus',
    says: 'The release or the version does not tell enough.',
  },
}
export type Look = keyof typeof LOOKS

export function lookOf({ image, grade }: Pick<SlotState, 'image' | 'grade'>): Look {
  return image === undefined ? 'none' : (grade ?? 'unknown')
}

/** How a slot can stand to its build; each does in one way. */
export type Standing = 'behind' | 'empty' | 'newer' | 'exact' | 'ungraded'

const STANDINGS: Readonly<Record<Look, Standing>> = {
  exact: 'exact',
  'newer-build': 'newer',
  'older-build': 'behind',
  'older-release': 'behind',
  'older-rhel-major': 'behind',
  none: 'empty',
  unknown: 'ungraded',
}

export function standingOf(slot: Pick<SlotState, 'image' | 'grade'>): Standing {
  return STANDINGS[lookOf(slot)]
}

export function countsOf(slots: readonly SlotState[]): Record<Standing, number> {
  const counts = { behind: 0, empty: 0, newer: 0, exact: 0, ungraded: 0 }
  for (const slot of slots) counts[standingOf(slot)] += 1
  return counts
}

/** The grade's badge; `why` in place of a grade, where the image may not be there at all. */
export function badge(look: Look, why?: string): Html {
  const { word, sign, says } = LOOKS[look]
  return html`<span class="grade ${look}" title="${says}"><span aria-hidden="true">${sign}</span> ${why ?? word}</span>`
}

/** The lag of several images: `105 to 337 days behind`. */
export function lagRange(lags: readonly (number | undefined)[]): string {
  const known = lags.filter((days) => days !== undefined)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  if (known.length === 0) return ''
  if (least === most) return lagText(least)
  return least < 0 ? `${lagText(least)} to ${lagText(most)}` : `${least} to ${lagText(most)}`
}

/** `23 days behind`, from the image's day to the build's. */
export function lagText(days: number | undefined): string {
  if (days === undefined) return ''
  if (days === 0) return 'same day'
  const count = Math.abs(days)
  return `${counted(count, 'day')} ${days > 0 ? 'behind' : 'newer'}`
}
