import { isRecord } from './document.ts'

/**
 * The parts of a value to keep: any scalar, members, elements, or the result of a function: true keeps a
 * value, false or undefined removes it, and any other value replaces it.
 */
export type Allowed =
  | 'scalar'
  | ((value: unknown) => unknown)
  | readonly [Allowed]
  | { readonly [member: string]: Allowed }

/** Removes all parts that are not allowed or that have another shape. */
export function prune(value: unknown, allowed: Allowed): unknown {
  if (allowed === 'scalar') {
    return typeof value === 'object' || typeof value === 'function' ? undefined : value
  }
  if (typeof allowed === 'function') {
    const kept = allowed(value)
    return kept === true ? value : kept === false ? undefined : kept
  }
  if (isElements(allowed)) {
    if (!Array.isArray(value)) return undefined
    return value.map((each) => prune(each, allowed[0])).filter((each) => each !== undefined)
  }
  if (!isRecord(value)) return undefined
  const members = Object.entries(value)
    .filter(([name]) => Object.hasOwn(allowed, name))
    .map(([name, each]) => [name, prune(each, allowed[name] ?? {})])
    .filter(([, each]) => each !== undefined)
  return Object.fromEntries(members)
}

function isElements(allowed: Allowed): allowed is readonly [Allowed] {
  return Array.isArray(allowed)
}
