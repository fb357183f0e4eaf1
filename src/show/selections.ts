import { entryOf } from '../core/layouts/layout.ts'
import { nameOf } from '../core/layouts/names.ts'
import type { Regenerated } from '../core/regenerate/regenerate.ts'
import type { Grade } from '../core/selection/grade.ts'
import type { Candidate, Selection } from '../core/selection/select.ts'
import { printSlot, type Slot } from '../core/selection/slot.ts'
import { CLOUDS, type Image } from '../core/snapshot/snapshot.ts'
import type { Styled } from './style.ts'
import { alignColumns } from './table.ts'

const COLOURS: Readonly<Record<Grade, 'green' | 'yellow' | 'red'>> = {
  exact: 'green',
  'newer-build': 'yellow',
  'older-build': 'yellow',
  'older-release': 'red',
  'older-rhel-major': 'red',
}

/** One line for each slot: the slot, the image, the version where the name has none, the grade. */
export function selectionLines(selections: readonly Selection[], terminal: Styled): string[] {
  const rows = selections.map(({ slot, image, grade, reason }) => [
    printSlot(slot),
    image ? imageName(slot, image) : '-',
    ...(slot.cloud === 'azure' ? [] : [image?.version ?? '']),
    grade ?? reason,
  ])
  return groupByCloud(selections, rows).map((line, at) => {
    const grade = selections[at]?.grade
    return grade === undefined ? terminal.style('dim', line) : colourGrade(line, grade, terminal)
  })
}

/** Each cloud's names have another length and other columns, so each is aligned for itself. */
function groupByCloud(selections: readonly Selection[], rows: readonly string[][]): string[] {
  return CLOUDS.flatMap((cloud) =>
    alignColumns(rows.filter((_, at) => selections[at]?.slot.cloud === cloud)),
  )
}

function colourGrade(line: string, grade: Grade, terminal: Styled): string {
  return line.endsWith(grade)
    ? `${line.slice(0, -grade.length)}${terminal.style(COLOURS[grade], grade)}`
    : line
}

/** Each slot with its candidates, the choice and the reason. */
export function explainLines(selections: readonly Selection[]): string[] {
  return selections.flatMap(({ slot, wanted, image, grade, reason, candidates }) => [
    `${printSlot(slot)}, release ${wanted.text}`,
    `  ${image ? `${imageName(slot, image)}: ${grade}, ${reason}` : reason}`,
    ...alignColumns(
      candidates.map((candidate) => [
        `  ${candidate.image === image ? '*' : ' '} ${imageName(slot, candidate.image)}`,
        verdict(candidate),
      ]),
    ),
  ])
}

function verdict({ grade, refused }: Candidate): string {
  return refused === undefined ? (grade ?? '') : `no: ${refused}`
}

/** The same for programs. */
export function selectionsJson({ selections, changes }: Regenerated): string {
  const value = {
    selections: selections.map(({ slot, wanted, image, grade, reason, candidates }) => ({
      ...slot,
      release: wanted.text,
      grade: grade ?? null,
      image: image ? entryOf(slot.cloud, image) : null,
      reason,
      candidates: candidates.map((candidate) => ({
        image: entryOf(slot.cloud, candidate.image),
        grade: candidate.grade ?? null,
        refused: candidate.refused ?? null,
      })),
    })),
    changes,
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function imageName({ cloud }: Slot, image: Image): string {
  return nameOf(cloud, entryOf(cloud, image))
}
