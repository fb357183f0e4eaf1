import { FACTS } from '../core/clouds/index.ts'
import { printSlot, type Slot } from '../core/clouds/slot.ts'
import type { Regenerated } from '../core/regenerate/regenerate.ts'
import type { Candidate, Selection } from '../core/selection/select.ts'
import type { Image } from '../core/snapshot/snapshot.ts'
import { toEntry } from '../core/stream/marketplace.ts'
import { alignColumns } from './table.ts'

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

/** The same for programs, with the changes. */
export function selectionsValue({ selections, comparison }: Regenerated): object {
  return {
    selections: selections.map(({ slot, wanted, image, grade, reason, candidates }) => ({
      ...slot,
      release: wanted.text,
      grade: grade ?? null,
      image: image ? toEntry(slot.cloud, image) : null,
      reason,
      candidates: candidates.map((candidate) => ({
        image: toEntry(slot.cloud, candidate.image),
        grade: candidate.grade ?? null,
        refused: candidate.refused ?? null,
      })),
    })),
    changes: comparison.changes
      .filter(({ follows }) => !follows)
      .map(({ subject, before, after, loss, absence }) => ({
        ...subject,
        before: before?.entry ?? before?.release ?? null,
        after: after?.entry ?? after?.release ?? null,
        loss: loss ?? null,
        absence: absence ?? null,
      })),
  }
}

function imageName({ cloud }: Slot, image: Image): string {
  return FACTS[cloud].nameOf(toEntry(cloud, image))
}
