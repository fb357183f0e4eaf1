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
  if (!isObject(value)) return undefined
  const members = Object.entries(value)
    .filter(([name]) => Object.hasOwn(allowed, name))
    .map(([name, each]) => [name, prune(each, allowed[name] ?? {})])
    .filter(([, each]) => each !== undefined)
  return Object.fromEntries(members)
}

/**
 * The first part of a value whose shape is not the allowed one, which `prune` would leave out:
 * `.amis[3].hvm: expected a string`. Null counts as absent. Undefined if all of it fits.
 */
export function findMismatch(value: unknown, allowed: Allowed, path = ''): string | undefined {
  if (value === undefined || value === null) return undefined
  if (allowed === 'scalar') {
    return typeof value === 'object' ? `${path}: expected a string` : undefined
  }
  if (typeof allowed === 'function') {
    return allowed(value) ? undefined : `${path}: expected another value`
  }
  if (isElements(allowed)) {
    if (!Array.isArray(value)) return `${path}: expected a list`
    for (const [index, each] of value.entries()) {
      const mismatch = findMismatch(each, allowed[0], `${path}[${index}]`)
      if (mismatch !== undefined) return mismatch
    }
    return undefined
  }
  if (!isObject(value)) return `${path || '.'}: expected an object`
  for (const [name, each] of Object.entries(allowed)) {
    if (!Object.hasOwn(value, name)) continue
    const mismatch = findMismatch(value[name], each, `${path}.${name}`)
    if (mismatch !== undefined) return mismatch
  }
  return undefined
}

function isElements(allowed: Allowed): allowed is readonly [Allowed] {
  return Array.isArray(allowed)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
