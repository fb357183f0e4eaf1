/**
 * What of a value may be kept: any scalar, one that a test admits, the named members, or each
 * element of an array.
 */
export type Allowed =
  | 'scalar'
  | ((scalar: unknown) => boolean)
  | readonly [Allowed]
  | { readonly [member: string]: Allowed }

/**
 * Keeps of a value what is allowed and nothing else, in the value's own order. What has another
 * shape than allowed is left out.
 */
export function prune(value: unknown, allowed: Allowed): unknown {
  if (allowed === 'scalar') {
    return typeof value === 'object' || typeof value === 'function' ? undefined : value
  }
  if (typeof allowed === 'function') return allowed(value) ? value : undefined
  if (Array.isArray(allowed)) {
    const [element] = allowed
    return Array.isArray(value) && element !== undefined
      ? value.map((each) => prune(each, element)).filter((each) => each !== undefined)
      : undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const members = Object.entries(value)
    .filter(([name]) => Object.hasOwn(allowed, name))
    .map(([name, each]) => [name, prune(each, (allowed as Record<string, Allowed>)[name] ?? {})])
    .filter(([, each]) => each !== undefined)
  return Object.fromEntries(members)
}
