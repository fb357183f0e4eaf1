import { missingImages, SEVERITY, type SlotSkew } from '../core/audit/skew.ts'
import { printSlot } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
import { GRADES, type Grade } from '../core/selection/select.ts'
import { CLOUDS } from '../core/snapshot/snapshot.ts'
import { counted, listed } from '../printable.ts'
import { printJson, slotJson } from './json.ts'
import { describeSlots, groupSlots } from './slots.ts'
import { GRADE_STYLES, onStdout, type Styled } from './style.ts'
import { code, foldLine, markdownTable, type Table, title, underlinedTable } from './table.ts'

export const SKEW_FORMATS = {
  table: skewText,
  json: skewJson,
  markdown: skewMarkdown,
} as const satisfies Record<
  string,
  (skews: readonly SlotSkew[], isAll: boolean, styled: Styled) => string
>
export type SkewFormat = keyof typeof SKEW_FORMATS

/** A grade in its column or after the column's name. */
const GRADE = new RegExp(`(?<= {2}|: )(?:${GRADES.join('|')})(?= {2}|$)`)

/** @param isAll whether every slot has a line, or only the slots behind their build */
function skewText(skews: readonly SlotSkew[], isAll: boolean, styled: Styled): string {
  const { style, width } = onStdout(styled)
  const print = (table: Table) =>
    underlinedTable(table, width()).map((line) =>
      line.replace(GRADE, (grade) => style(GRADE_STYLES[grade as Grade], grade)),
    )
  const { release, ...slots } = withoutRelease(slotsToShow(skews, isAll))
  const blocks = [
    foldLine(skewSummary(skews), width()),
    ...(slots.rows.length > 0
      ? [[style('bold', slotHeading(skews, isAll, release)), ...print(slots)]]
      : []),
    ...publishTables(skews).map((table, at) => [
      ...(at === 0 ? [style('bold', 'to publish')] : []),
      ...print(table),
    ]),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function slotsToShow(skews: readonly SlotSkew[], isAll: boolean): Table {
  return isAll ? slotTable(skews) : lagTable(skews.filter(isBehind))
}

function slotHeading(skews: readonly SlotSkew[], isAll: boolean, release?: string): string {
  if (isAll) return release ? `slots of ${release}` : 'slots'
  const isEmpty = skews.some(({ image }) => image === undefined)
  return `behind ${release ?? 'the build'}${isEmpty ? ', or without an image' : ''}`
}

/** Without the column of the release if all slots have the same one. */
function withoutRelease(table: Table): Table & { readonly release?: string | undefined } {
  const at = SLOT_HEADER.indexOf('Release')
  const [release, ...others] = new Set(table.rows.map((row) => row[at]))
  if (release === UNKNOWN || others.length > 0) return table
  const rest = (row: readonly string[]) => row.toSpliced(at, 1)
  return { header: rest(table.header), rows: table.rows.map(rest), release }
}

/** For a pull request or an issue. */
function skewMarkdown(skews: readonly SlotSkew[], isAll: boolean): string {
  const slots = slotsToShow(skews, isAll)
  const publish = publishTables(skews)
  const blocks = [
    `### ${skewSummary(skews)}`,
    ...(slots.rows.length > 0 ? [codeTable(slots)] : []),
    ...(publish.length > 0 ? ['### To publish', ...publish.map(codeTable)] : []),
  ]
  return `${blocks.join('\n\n')}\n`
}

export function codeTable({ header, rows }: Table): string {
  return markdownTable(
    header,
    rows.map((row) => row.map(code)),
  )
}

function skewJson(skews: readonly SlotSkew[]): string {
  return printJson(
    skews.map((skew) => ({
      ...slotJson(skew),
      rhel: skew.rhel ?? null,
      expected: skew.expected ?? null,
    })),
  )
}

/** Also true for a slot without an image. */
function isBehind({ image, grade }: SlotSkew): boolean {
  return image === undefined || grade?.startsWith('older-') === true
}

/**
 * `13 of 58 slots are behind the build by up to 526 days, 2 without an image, 14 images to publish`.
 * One image can fill several slots: `4 images to publish for 44 slots`.
 */
export function skewSummary(slots: readonly SlotSkew[]): string {
  const empty = slots.filter(({ image }) => image === undefined).length
  const reasons = slots.flatMap(({ ungraded }) => ungraded ?? [])
  const lag = slots.filter(isBehind).length - empty
  const days = Math.max(0, ...slots.map((slot) => (isBehind(slot) && slot.days) || 0))
  const range = days > 0 ? ` by up to ${counted(days, 'day')}` : ''
  const missing = missingImages(slots)
  const count = missing.flat().length
  const inSlots = count === missing.length ? '' : ` for ${counted(count, 'slot')}`
  const clouds = [...new Set(slots.map(({ slot }) => slot.cloud))]
  return [
    ...(reasons.length < slots.length
      ? [
          `${lag} of ${counted(slots.length, 'slot')} ${lag === 1 ? 'is' : 'are'} behind the build${range}`,
        ]
      : []),
    ...(empty > 0 ? [`${empty} ${withoutImage(slots)}`] : []),
    ...(reasons.length > 0
      ? [`${reasons.length} not graded (${[...new Set(reasons)].join(', ')})`]
      : []),
    missing.length > 0
      ? `${counted(missing.length, 'image')} to publish${inSlots}`
      : reasons.length > 0
        ? 'images to publish unknown'
        : `no ${listed(clouds, 'or')} images to publish`,
  ].join(', ')
}

export function withoutImage(slots: readonly SlotSkew[]): string {
  return `without an image${slots.some((each) => each.isIgnored) ? ' of a required grade' : ''}`
}

const UNKNOWN = 'unknown'
const SLOT_HEADER = ['Slots', 'Release', 'Image', 'Grade', 'Lag']

export function slotTable(slots: readonly SlotSkew[]): Table {
  return { header: SLOT_HEADER, rows: slots.map((each) => [printSlot(each.slot), ...cells(each)]) }
}

/** One row for slots that lag alike, the worst first. Different images are named by their version. */
export function lagTable(slots: readonly SlotSkew[]): Table {
  const rows = groupLags(slots).map(({ text, state, isOne }) => [
    text,
    ...(isOne ? cells(state) : versionCells(state)),
  ])
  return { header: SLOT_HEADER, rows }
}

/** One line for slots that lag alike, the worst first. */
export function skewLines(slots: readonly SlotSkew[]): string[] {
  return groupLags(slots).map(({ text, state: { image, grade, days } }) => {
    if (image === undefined) return `${text}: no image`
    const lag = days === undefined || days <= 0 ? '' : counted(days, 'day')
    if (grade === undefined) return `${text}: not graded${lag && `, ${lag} behind`}`
    return `${text}: ${grade}${lag && ` by ${lag}`}`
  })
}

function groupLags(slots: readonly SlotSkew[]) {
  const members = slots.map((state) => ({
    slot: state.slot,
    state,
    alike: [state.slot.cloud, ...versionCells(state)].join('\n'),
  }))
  return groupSlots(members)
    .flatMap(({ text, members: [first, ...more] }) =>
      first ? [{ text, state: first.state, isOne: more.length === 0 }] : [],
    )
    .sort((a, b) => severity(b.state) - severity(a.state))
}

/** Grades first, then days. */
function severity({ image, grade, days }: SlotSkew): number {
  return SEVERITY.indexOf(image ? (grade ?? 'exact') : 'none') * 1_000_000 + (days ?? 0)
}

function versionCells(state: SlotSkew): string[] {
  return cells(state, state.image?.release ?? state.image?.version)
}

function cells(state: SlotSkew, name?: string): string[] {
  const { slot, release, image, grade, ungraded, days } = state
  const lag = days === undefined || days === 0 ? '-' : days < 0 ? 'newer' : counted(days, 'day')
  return [
    release ?? UNKNOWN,
    image === undefined ? '-' : (name ?? FACTS[slot.cloud].imageName(image)),
    image === undefined ? 'none' : (grade ?? ungraded ?? ''),
    lag,
  ]
}

/** The images to publish: one table for each cloud, as each cloud names images in its own way. */
export function publishTables(slots: readonly SlotSkew[]): Table[] {
  const missing = missingImages(slots)
  return CLOUDS.flatMap((cloud): Table[] => {
    const groups = missing.filter(([first]) => first?.slot.cloud === cloud)
    // The plan is in the first column.
    const names = Object.keys(groups[0]?.[0]?.expected?.place ?? {}).filter(
      (name) => name !== 'plan',
    )
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
