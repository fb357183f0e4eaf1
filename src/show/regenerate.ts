import { ofKinds } from '../core/changes/changes.ts'
import { printSlot, type Slot, type Wanted } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
import { groupBy } from '../core/group.ts'
import type { Regenerated } from '../core/regenerate/regenerate.ts'
import type { Candidate, Selection } from '../core/selection/select.ts'
import type { Image } from '../core/snapshot/snapshot.ts'
import { FILE_LAYOUT, layoutRoot, slotPath } from '../core/stream/layouts.ts'
import { toEntry } from '../core/stream/marketplace.ts'
import { READ, unreadPath } from '../core/stream/schema.ts'
import { compareMajorMinor, printMajorMinor } from '../core/versions/version.ts'
import { changesJson } from './json.ts'
import { printDate } from './rows.ts'
import { describeSlots } from './slots.ts'
import { alignColumns } from './table.ts'

/** Each slot with its candidates, the selected image and the reason. */
export function explainLines(selections: readonly Selection[]): string[] {
  return selections.flatMap(({ slot, wanted, image, grade, reason, candidates }) => [
    `${printSlot(slot)}, release ${wanted.text}`,
    `  ${image ? `${imageName(slot, image)}: ${grade}, ${reason}` : reason}`,
    ...alignColumns(
      candidates.map((candidate) => [
        `  ${candidate.image === image ? '*' : ' '} ${imageName(slot, candidate.image)}`,
        // A URN ends with the version.
        ...('version' in FACTS[slot.cloud].entry ? [] : [candidate.image.version]),
        printDate(candidate.image.version),
        candidate.refused === undefined
          ? describeGrade(candidate, wanted)
          : `no: ${candidate.refused}`,
      ]),
    ),
  ])
}

/** The grade, and the version that makes an image older than its build. */
function describeGrade({ grade, dated }: Candidate, { ocp }: Wanted): string {
  if (grade === undefined || dated === undefined || !/^older-r/.test(grade)) return grade ?? ''
  const isOcp = grade === 'older-release' && compareMajorMinor(dated.ocp, ocp) !== 0
  const older = isOcp ? `OCP ${printMajorMinor(dated.ocp)}` : `RHEL ${printMajorMinor(dated.rhel)}`
  return `${grade}: ${older}`
}

function imageName({ cloud }: Slot, image: Image): string {
  return FACTS[cloud].imageName(toEntry(cloud, image))
}

/** The written keys that stream-metadata-go, and so the installer and the operators, do not read. */
export function unreadKeyLines({ comparison }: Regenerated): string[] {
  const ignored = ofKinds(comparison.changes, 'slot').flatMap(({ subject, after }) => {
    if (subject.kind !== 'slot' || after === undefined) return []
    const { slot, layout = FILE_LAYOUT } = subject
    const path = [...layoutRoot(layout, slot.cloud), ...(slotPath(layout, slot) ?? [])]
    return unreadPath(path)?.join('.') ?? []
  })
  const keys = [...new Set(ignored)]
  if (keys.length === 0) return []
  const [nouns, verb] = keys.length === 1 ? ['the key', 'is'] : ['the keys', 'are']
  return [
    `${nouns} ${keys.join(', ')} ${verb} not read by the installer or the operators, which only read ${READ}`,
  ]
}

/** The SKUs of added or changed Gen2 images that the machine-config operator reads as Gen1. */
export function misreadSkuLines({ comparison }: Pick<Regenerated, 'comparison'>): string[] {
  const skus = comparison.changes.flatMap(({ subject, after }) => {
    if (subject.kind !== 'slot' || subject.slot.generation !== 2) return []
    const { layout = FILE_LAYOUT } = subject
    const sku = after?.entry?.sku
    return layout === FILE_LAYOUT && sku !== undefined && !/v2|gen2/i.test(sku) ? [sku] : []
  })
  const names = [...new Set(skus)].join(', ')
  const reason = 'because the SKUs contain neither v2 nor gen2'
  return names === ''
    ? []
    : [`the machine-config operator reads these Gen2 SKUs as Gen1 ${reason}: ${names}`]
}

/** The slots with an image of an earlier RHEL major, one line for each version. */
export function fallbackLines(selections: readonly Selection[]): string[] {
  const earlier = selections.filter(({ grade }) => grade === 'older-rhel-major')
  const byVersion = groupBy(earlier, ({ image }) => image?.version ?? '')
  return [...byVersion].map(([version, group]) => {
    const slots = describeSlots(group.map(({ slot }) => slot)).join('; ')
    const [{ image, candidates } = { candidates: [] }] = group
    const { rhel } = candidates.find((each) => each.image === image)?.dated ?? {}
    return `fallback to RHEL ${rhel?.major}: ${version} in ${slots}`
  })
}

export function regeneratedJson({
  selections,
  comparison,
}: Readonly<Pick<Regenerated, 'comparison'>> & {
  readonly selections: readonly Selection[]
}): object {
  return {
    selections: selections.map(({ slot, wanted, image, grade, reason, candidates }) => ({
      ...slot,
      release: wanted.text,
      grade: grade ?? null,
      image: image ? toEntry(slot.cloud, image) : null,
      reason,
      candidates: candidates.map((candidate) => ({
        image: toEntry(slot.cloud, candidate.image),
        date: printDate(candidate.image.version) || null,
        grade: candidate.grade ?? null,
        refused: candidate.refused ?? null,
      })),
    })),
    changes: changesJson(comparison.changes),
  }
}
