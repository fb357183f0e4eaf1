import { isRecord } from './document.ts'

/**
 * The parts of a value that are kept: any scalar, members, elements, or what a function returns: true
 * to keep a value, false or undefined to leave it out, or the value to replace it.
 */
export type Allowed =
  | 'scalar'
  | ((value: unknown) => unknown)
  | readonly [Allowed]
  | { readonly [member: string]: Allowed }

/** The allowed parts of a value, in the value's order; a part of another shape is left out. */
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
