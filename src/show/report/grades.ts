import type { Slot } from '../../core/clouds/slot.ts'
import { groupBy } from '../../core/group.ts'
import type { SlotState } from '../../core/history/state.ts'
import type { Grade } from '../../core/selection/grade.ts'
import { comparePlans } from '../../core/selection/plans.ts'
import { entryVersion } from '../../core/stream/marketplace.ts'
import { counted } from '../../printable.ts'
import { type Html, html } from './html.ts'

/** How each grade is shown: by a word and a sign, so that color is never the only difference. */
export const LOOKS: Readonly<
  Record<Grade | 'none' | 'unknown', { word: string; sign: string; symbol: string; says: string }>
> = {
  exact: {
    word: 'same build',
    sign: '✓',
    symbol: 'circle',
    says: 'The image was made from the build of the stream.',
  },
  'newer-build': {
    word: 'newer build',
    sign: '↑',
    symbol: 'triangle',
    says: 'Same OCP and RHEL version, a later build.',
  },
  'older-build': {
    word: 'older build',
    sign: '↓',
    symbol: 'square',
    says: 'Same OCP and RHEL version, an earlier build.',
  },
  'older-release': {
    word: 'older release',
    sign: '↓↓',
    symbol: 'diamond',
    says: 'An earlier OCP or RHEL version.',
  },
  'older-rhel-major': {
    word: 'older RHEL major',
    sign: '↓↓↓',
    symbol: 'star',
    says: 'The RHEL major version before.',
  },
  none: { word: 'no image', sign: '✕', symbol: 'times', says: 'No image fits the slot.' },
  unknown: {
    word: 'not graded',
    sign: '?',
    symbol: 'plus',
    says: 'The build or the OCP version is unknown, or the image may not fill the slot.',
  },
}
export type Look = keyof typeof LOOKS

export function getLook({ image, grade }: Pick<SlotState, 'image' | 'grade'>): Look {
  return image === undefined ? 'none' : (grade ?? 'unknown')
}

/** The groups of grades that the page counts. */
export type Standing = 'outdated' | 'empty' | 'newer' | 'exact' | 'ungraded'

const STANDINGS: Readonly<Record<Look, Standing>> = {
  exact: 'exact',
  'newer-build': 'newer',
  'older-build': 'outdated',
  'older-release': 'outdated',
  'older-rhel-major': 'outdated',
  none: 'empty',
  unknown: 'ungraded',
}

export function getStanding(slot: Pick<SlotState, 'image' | 'grade'>): Standing {
  return STANDINGS[getLook(slot)]
}

export function countStandings(slots: readonly SlotState[]): Record<Standing, number> {
  const counts = { outdated: 0, empty: 0, newer: 0, exact: 0, ungraded: 0 }
  for (const slot of slots) counts[getStanding(slot)] += 1
  return counts
}

/** The grade's badge. @param why the image may not fill the slot, in place of a grade */
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

/** A slot without its region, as the page shows the regions of a plan together. */
export function placeText({ cloud, plan, architecture, generation }: Slot): string {
  return [cloud, plan, architecture, generation && `gen${generation}`].filter(Boolean).join(' ')
}

export function imageVersion({ image }: Pick<SlotState, 'image'>): string {
  return image === undefined ? '' : (entryVersion(image) ?? '')
}

/** `ocp, opp (aarch64, x86_64); rosa (x86_64)`: plans that have the same machines together. */
export function plansText(slots: readonly SlotState[]): string {
  const plans = groupBy(slots, ({ slot }) => slot.plan)
  const alike = groupBy(
    [...plans].sort(([a], [b]) => comparePlans(a, b)),
    ([, own]) => machinesText(own),
  )
  return [...alike]
    .map(([machines, group]) => `${group.map(([plan]) => plan).join(', ')} (${machines})`)
    .join('; ')
}

function machinesText(slots: readonly SlotState[]): string {
  const machines = groupBy(slots, ({ slot }) => slot.architecture)
  return [...machines]
    .map(([architecture, own]) => {
      const generations = [...new Set(own.flatMap(({ slot }) => slot.generation ?? []))].sort()
      return [architecture, generations.map((each) => `gen${each}`).join(', ')]
        .filter(Boolean)
        .join(' ')
    })
    .join('; ')
}
