import type { SnapshotDiff } from '../../core/audit/diff/diff.ts'

/** A difference in a few words: `1 image added, 2 changed; 3 slots move`. */
export function summarise(diff: SnapshotDiff): string {
  const { builds, criteria, identity, queries, slots } = diff
  const images = countImages(diff)
  const parts = [
    listOf([
      [images.added, 'added'],
      [images.removed, 'removed'],
      [images.changed, 'changed'],
    ]),
    builds.length > 0 ? `${some(builds.length, 'build')} changed` : '',
    criteria.length > 0 ? 'criteria changed' : '',
    identity.length > 0 ? 'identity changed' : '',
    queries.length > 0 ? `${some(queries.length, 'question')} answered otherwise` : '',
    slots.changes.length > 0 ? `${some(slots.changes.length, 'slot')} moved` : '',
  ]
  return parts.filter(Boolean).join('; ') || 'no difference'
}

/** How many images of all plans came, went and changed. */
export function countImages({ images }: SnapshotDiff) {
  const sum = (of: 'added' | 'removed' | 'changed') =>
    images.reduce((count, plan) => count + plan[of].length, 0)
  return { added: sum('added'), removed: sum('removed'), changed: sum('changed') }
}

function listOf(counts: readonly (readonly [number, string])[]): string {
  const present = counts.filter(([count]) => count > 0)
  return present
    .map(([count, verb], at) => (at === 0 ? `${some(count, 'image')} ${verb}` : `${count} ${verb}`))
    .join(', ')
}

function some(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
