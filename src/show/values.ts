import type { FieldChange } from '../core/audit/diff/images.ts'
import type { QueryChange } from '../core/audit/diff/queries.ts'
import type { ValueChange } from '../core/audit/diff/values.ts'

export function describeField({ name, before, after }: FieldChange): string {
  return `${name}: ${before ?? 'none'} -> ${after ?? 'none'}`
}

export function describeValue({ path, ...change }: ValueChange): string {
  if (!('before' in change)) return `${path}: added ${JSON.stringify(change.after)}`
  if (!('after' in change)) return `${path}: removed ${JSON.stringify(change.before)}`
  return `${path}: ${JSON.stringify(change.before)} -> ${JSON.stringify(change.after)}`
}

const QUERY_CHANGES: Readonly<Record<QueryChange['change'], string>> = {
  appeared: 'is there now',
  vanished: 'is not there any more',
  asked: 'is asked for now',
  'no longer asked': 'is not asked for any more',
}

export function describeQuery({ cloud, query, change }: QueryChange): string {
  return `${cloud} ${Object.values(query).map(String).join(' ')} ${QUERY_CHANGES[change]}`
}
