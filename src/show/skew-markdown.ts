import type { SlotSkew } from '../core/audit/skew/skew.ts'
import { nameOf } from '../core/layouts/names.ts'
import { printSlot } from '../core/selection/slot.ts'
import { CLOUDS } from '../core/snapshot/snapshot.ts'
import { code, markdownTable } from './markdown.ts'

/** What a publisher works from: first what is missing, by exact names, then where each slot is. */
export function printSkewMarkdown(skews: readonly SlotSkew[]): string {
  const parts = [
    '### Missing marketplace images',
    missingList(skews),
    '### Slots',
    slotTable(skews),
  ]
  return `${parts.join('\n\n')}\n`
}

/** One table for each cloud, as each names places in its own way. */
function missingList(skews: readonly SlotSkew[]): string {
  const tables = CLOUDS.flatMap((cloud) => {
    const missing = skews.flatMap(({ slot, release, expected }) =>
      expected && slot.cloud === cloud ? [{ slot, release, expected }] : [],
    )
    const names = Object.keys(missing[0]?.expected.place ?? {})
    const rows = missing.map(({ slot, release, expected: { place, version, orLater } }) => [
      ...names.map((name) => code(place[name] ?? '')),
      `${code(version)}${orLater ? ' or later' : ''}`,
      code(printSlot(slot)),
      code(release),
    ])
    return rows.length > 0 ? [markdownTable([...names, 'version', 'slot', 'release'], rows)] : []
  })
  return tables.join('\n\n') || 'Nothing is missing.'
}

function slotTable(skews: readonly SlotSkew[]): string {
  const rows = skews.map(({ slot, release, image, grade, days }) => [
    code(printSlot(slot)),
    code(release),
    image ? code(nameOf(slot.cloud, image)) : 'no image',
    grade ?? 'none',
    days === undefined ? '' : String(days),
  ])
  return markdownTable(['slot', 'release', 'image', 'grade', 'days'], rows)
}
