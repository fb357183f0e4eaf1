import { isEqual, type SnapshotDiff } from '../../core/audit/diff/diff.ts'
import type { SlotChange } from '../../core/audit/diff/slots.ts'
import { printSlot } from '../../core/selection/slot.ts'
import { code, folded, markdownTable } from '../markdown.ts'
import { summarise } from './counts.ts'
import {
  describeField,
  describeFilling,
  describeImage,
  describeQuery,
  describeValue,
  LATEST_NOTE,
} from './names.ts'

/** A difference as a pull request's comment: the slots in sight, all else folded; empty for none. */
export function printDiffMarkdown(diff: SnapshotDiff): string {
  if (isEqual(diff)) return ''
  const { stream, slots, builds, criteria, identity, queries } = diff
  const parts = [
    `### ${code(stream.name)}: ${summarise(diff)}`,
    slotTable(slots.changes),
    slots.changes.length > 0 && slots.releases === 'latest' ? LATEST_NOTE : '',
    buildTable(diff),
    imageTable(diff),
    list('Identity', identity.map(describeField)),
    list(`Criteria: ${criteria.length}`, criteria.map(describeValue)),
    list(`Questions: ${queries.length}`, queries.map(describeQuery)),
    list('Builds with the same release', builds.flatMap(contentLines)),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function slotTable(changes: readonly SlotChange[]): string {
  if (changes.length === 0) return ''
  const rows = changes.map(({ slot, before, after }) => [
    code(printSlot(slot)),
    ...[before, after].map((filling) => {
      const { image, grade } = describeFilling(slot.cloud, filling)
      return filling?.image ? `${code(image)} ${grade}`.trimEnd() : image
    }),
  ])
  return markdownTable(['slot', 'before', 'after'], rows)
}

function buildTable({ builds }: SnapshotDiff): string {
  const changed = builds.filter(({ before, after }) => before !== after)
  if (changed.length === 0) return ''
  const rows = changed.map(({ architecture, before, after }) => [
    code(architecture),
    code(before ?? '') || 'no build',
    code(after ?? '') || 'no build',
  ])
  return markdownTable(['build', 'before', 'after'], rows)
}

function imageTable(diff: SnapshotDiff): string {
  const rows = diff.images.flatMap(({ cloud, plan, added, removed, changed }) => {
    const row = (verb: string, image: (typeof added)[number], what?: string) => {
      const { name, kind, state } = describeImage(cloud, image)
      return [verb, `${cloud} ${code(plan)}`, code(name), code(kind), what ?? state]
    }
    return [
      ...removed.map((image) => row('removed', image)),
      ...added.map((image) => row('added', image)),
      ...changed.map(({ image, fields }) =>
        row('changed', image, fields.map((field) => code(describeField(field))).join(', ')),
      ),
    ]
  })
  if (rows.length === 0) return ''
  return folded(
    `Images: ${rows.length}`,
    markdownTable(['', 'plan', 'image', 'kind', 'state'], rows),
  )
}

function contentLines({ architecture, content }: SnapshotDiff['builds'][number]): string[] {
  return content.map((change) => `${architecture} ${describeValue(change)}`)
}

function list(summary: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return folded(summary, lines.map((line) => `- ${code(line)}`).join('\n'))
}
