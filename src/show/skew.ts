import type { SlotSkew } from '../core/audit/skew/skew.ts'
import { nameOf } from '../core/layouts/names.ts'
import { printSlot } from '../core/selection/slot.ts'
import { printSkewMarkdown } from './skew-markdown.ts'
import { underlinedTable } from './table.ts'

/** How `skew -o` can print. */
export const SKEW_FORMATS = {
  table: skewTable,
  json: skewJson,
  markdown: printSkewMarkdown,
} as const satisfies Record<string, (skews: readonly SlotSkew[]) => string>
export type SkewFormat = keyof typeof SKEW_FORMATS

function skewTable(skews: readonly SlotSkew[]): string {
  const rows = skews.map(({ slot, release, image, grade, days }) => [
    printSlot(slot),
    release,
    image ? nameOf(slot.cloud, image) : '-',
    grade ?? 'none',
    days === undefined ? '-' : String(days),
  ])
  return `${underlinedTable(['Slot', 'Release', 'Image', 'Grade', 'Days'], rows).join('\n')}\n`
}

function skewJson(skews: readonly SlotSkew[]): string {
  const value = skews.map(({ slot, release, image, grade, days, expected }) => ({
    ...slot,
    release,
    image: image ?? null,
    grade: grade ?? 'none',
    days: days ?? null,
    expected: expected ?? null,
  }))
  return `${JSON.stringify(value, undefined, 2)}\n`
}
