import type { SlotSkew } from '../core/audit/skew.ts'
import { type Change, isRegraded } from '../core/changes/changes.ts'
import type { Item } from '../core/changes/inventory.ts'

/** In the form of `schemas/diff.schema.json`; JSON omits undefined members. */
export function changesJson(changes: readonly Change[]): object[] {
  return changes
    .filter(({ follows }) => !follows)
    .map((change) => ({
      ...subjectJson(change),
      change: changeName(change),
      before: itemJson(change.before),
      after: itemJson(change.after),
      loss: change.loss ?? null,
      absence: change.absence ?? null,
    }))
}

function changeName(change: Change): string {
  if (change.before === undefined) return 'added'
  if (change.after === undefined) return 'removed'
  return isRegraded(change) ? 'regraded' : 'changed'
}

function subjectJson({ subject }: Change): object {
  if (subject.kind === 'slot') {
    const { kind, slot, layout } = subject
    return { kind, ...slot, layout }
  }
  if (subject.kind === 'listing') {
    const { kind, cloud, image } = subject
    const { plan, architecture, generation, region } = image
    return { kind, cloud, plan, architecture, generation, region }
  }
  return subject
}

function itemJson(item: Item | undefined): object | null {
  if (item === undefined) return null
  const { subject, release, entry, grade, ungraded, days, value } = item
  return {
    release,
    image: subject.kind === 'listing' ? subject.image : entry,
    ...(subject.kind === 'slot' && { grade: grade ?? null, days: days ?? null }),
    ungraded,
    ...(subject.kind === 'query' && { result: value }),
    ...(subject.kind === 'setting' && { value: JSON.parse(value) }),
  }
}

export function slotJson({ slot, release, image, grade, days }: SlotSkew): object {
  return {
    ...slot,
    release: release ?? null,
    image: image ?? null,
    grade: image === undefined ? 'none' : (grade ?? null),
    days: days ?? null,
  }
}

export function printJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
