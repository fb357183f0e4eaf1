import type { Change } from '../core/changes/changes.ts'
import type { Subject, SubjectKind } from '../core/changes/inventory.ts'
import type { Grade } from '../core/selection/grade.ts'

/** `+` added, `~` changed, `-` removed. */
export type Sign = '+' | '~' | '-'

/** One line of changes: everything that changes in the same way. */
export interface Row {
  readonly sign: Sign
  readonly subject: string
  readonly what: string
  readonly date: string
  readonly grade: Grade | undefined
}

export type ChangeOf<K extends SubjectKind> = Change & {
  readonly subject: Extract<Subject, { kind: K }>
}

/** The changes of one kind, with the type of their subject. */
export function ofKind<K extends SubjectKind>(changes: readonly Change[], kind: K): ChangeOf<K>[] {
  return changes.filter((change): change is ChangeOf<K> => change.subject.kind === kind)
}

export function row(change: Change, subject: string, what: string, date = ''): Row {
  return { sign: signOf(change), subject, what, date, grade: undefined }
}

export function signOf({ before, after }: Change): Sign {
  return before === undefined ? '+' : after === undefined ? '-' : '~'
}
