import { isBehind, missingImages, SEVERITY, type SlotSkew } from '../core/audit/skew/skew.ts'
import { FACTS } from '../core/clouds/index.ts'
import { printSlot } from '../core/clouds/slot.ts'
import { CLOUDS } from '../core/snapshot/snapshot.ts'
import { counted } from '../printable.ts'
import { code, markdownTable } from './markdown.ts'
import { describeSlots, groupSlots, publishWords } from './slots.ts'
import { GRADE_STYLES, onStdout, type Styled } from './style.ts'
import { foldLine, title, underlinedTable } from './table.ts'

/** How `skew -o` can print. */
export const SKEW_FORMATS = {
  table: skewTable,
  json: skewJson,
  markdown: printSkewMarkdown,
} as const satisfies Record<
  string,
  (skews: readonly SlotSkew[], options: SkewOptions, styled: Styled) => string
>
export type SkewFormat = keyof typeof SKEW_FORMATS

export interface SkewOptions {
  /** Every slot on a line of its own, and not only those behind their build. */
  readonly isAll: boolean
}

interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What lags, the worst first; then what is to be published, by exact names. */
function skewTable(skews: readonly SlotSkew[], options: SkewOptions, styled: Styled): string {
  const { style, width } = onStdout(styled)
  const printed = ({ header, rows }: Table) =>
    rows.length === 0 ? [] : underlinedTable(header, rows, width())
  const slots = printed(slotTable(skews, options))
  const missing = missingImages(skews)
  const publish = publishTables(missing)
  const grades = SEVERITY.filter((grade) => grade !== 'none')
  const lines = [
    ...foldLine(summaryOf(skews, missing), width()),
    ...(slots.length > 0 ? ['', style('bold', options.isAll ? 'slots' : 'behind')] : []),
    ...slots.map((line) => {
      const [, head = '', grade = '', rest = ''] = GRADED.exec(line) ?? []
      const known = grades.find((each) => each === grade)
      return known ? `${head}${style(GRADE_STYLES[known], known)}${rest}` : line
    }),
    ...(publish.length > 0 ? ['', style('bold', 'to publish')] : []),
    ...publish.flatMap((table, at) => [...(at > 0 ? [''] : []), ...printed(table)]),
  ]
  return `${lines.join('\n')}\n`
}

/** A line with a grade in it, in its column or behind its name. */
const GRADED = /^(.*?(?: {2}|: ))((?:exact|newer|older)[a-z-]*)(?= {2}|$)(.*)$/

/** The same for a pull request or an issue. */
export function printSkewMarkdown(
  skews: readonly SlotSkew[],
  options: SkewOptions = { isAll: false },
): string {
  const table = ({ header, rows }: Table) =>
    rows.length === 0
      ? []
      : [
          markdownTable(
            header,
            rows.map((row) => row.map(code)),
          ),
        ]
  const missing = missingImages(skews)
  const publish = publishTables(missing)
  return `${[
    `### ${summaryOf(skews, missing)}`,
    ...table(slotTable(skews, options)),
    ...(publish.length > 0 ? ['### To publish', ...publish.flatMap(table)] : []),
  ].join('\n\n')}\n`
}

function skewJson(skews: readonly SlotSkew[]): string {
  const value = skews.map(({ slot, release, image, grade, rhel, days, expected }) => ({
    ...slot,
    release,
    image: image ?? null,
    grade: grade ?? 'none',
    rhel: rhel ?? null,
    days: days ?? null,
    expected: expected ?? null,
  }))
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** Of what was looked at: `13 of 58 slots are behind their build or without an image`. */
function summaryOf(skews: readonly SlotSkew[], missing: readonly (readonly SlotSkew[])[]): string {
  const behind = skews.filter(isBehind)
  const empty = behind.filter(({ image }) => image === undefined).length
  const clouds = [...new Set(skews.map(({ slot }) => slot.cloud))]
  const lag = behind.length - empty
  return [
    `${lag} of ${counted(skews.length, 'slot')} ${lag === 1 ? 'is behind its' : 'are behind their'} build`,
    ...(empty > 0 ? [`${empty} without an image`] : []),
    missing.length === 0
      ? `no image of ${clouds.join(', ')} is left to publish`
      : `${publishWords(missing)} to publish`,
  ].join(', ')
}

function slotTable(skews: readonly SlotSkew[], { isAll }: SkewOptions): Table {
  const header = ['Slots', 'Release', 'Image', 'Grade', 'Lag']
  if (isAll) {
    const rows = skews.map((skew) => [printSlot(skew.slot), ...cellsOf(skew, true)])
    return { header, rows }
  }
  const rows = groupsOf(skews.filter(isBehind)).map(({ text, skew, isOne }) => [
    text,
    ...cellsOf(skew, isOne),
  ])
  return { header, rows }
}

/** Slots that lag alike, the worst first. */
function groupsOf(skews: readonly SlotSkew[]) {
  const groups = groupSlots(
    skews.map((skew) => ({
      slot: skew.slot,
      skew,
      alike: [skew.slot.cloud, ...cellsOf(skew, false)].join('\n'),
    })),
  )
  return groups
    .flatMap(({ text, members: [first, ...more] }) =>
      first ? [{ text, skew: first.skew, isOne: more.length === 0 }] : [],
    )
    .sort((a, b) => severityOf(b.skew) - severityOf(a.skew))
}

/** A line for each group of slots that lag alike, the worst first. */
export function skewLines(skews: readonly SlotSkew[]): string[] {
  return groupsOf(skews).map(({ text, skew: { grade, days } }) => {
    if (grade === undefined) return `${text}: no image`
    return `${text}: ${grade}${days === undefined || days <= 0 ? '' : ` by ${counted(days, 'day')}`}`
  })
}

/** Grades first, then days. */
function severityOf({ grade, days }: SlotSkew): number {
  return SEVERITY.indexOf(grade ?? 'none') * 1_000_000 + (days ?? 0)
}

/** @param isNamed whether the image is named, and not its version alone */
function cellsOf({ slot, release, image, grade, days }: SlotSkew, isNamed: boolean): string[] {
  const version = image?.release ?? image?.version
  const name =
    image &&
    (isNamed ? FACTS[slot.cloud].nameOf(image) : (version ?? FACTS[slot.cloud].nameOf(image)))
  return [release, name ?? '-', grade ?? 'none', lagOf(days)]
}

function lagOf(days: number | undefined): string {
  if (days === undefined) return '-'
  return days < 0 ? 'newer' : days === 0 ? '-' : counted(days, 'day')
}

/** One table for each cloud, as each names places in its own way; regions that lack the same together. */
function publishTables(missing: readonly (readonly SlotSkew[])[]): Table[] {
  return CLOUDS.flatMap((cloud): Table[] => {
    const groups = missing.filter(([one]) => one?.slot.cloud === cloud)
    const names = Object.keys(groups[0]?.[0]?.expected?.place ?? {})
    const rows = groups.flatMap((group) => {
      const expected = group[0]?.expected
      if (expected === undefined) return []
      const { place, version, orLater } = expected
      const regions = group.flatMap((each) => each.expected?.place.region ?? [])
      return [
        [
          describeSlots(group.map(({ slot }) => slot)).join('; '),
          ...names.map((name) => (name === 'region' ? regions.join(', ') : (place[name] ?? ''))),
          `${version}${orLater ? ' or later' : ''}`,
        ],
      ]
    })
    return rows.length === 0 ? [] : [{ header: ['for', ...names, 'version'].map(title), rows }]
  })
}
