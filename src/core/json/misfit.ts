import type { Allowed } from './prune.ts'

/**
 * Where a value has another shape than what is allowed, so that pruning would drop it unseen:
 * `.amis[3].hvm: expected a text`. A null counts as not there, and so do members that are not
 * allowed at all; undefined where everything fits.
 */
export function misfitOf(value: unknown, allowed: Allowed, path = ''): string | undefined {
  if (value === undefined || value === null) return undefined
  if (allowed === 'scalar') {
    return typeof value === 'object' ? `${path}: expected a text` : undefined
  }
  if (typeof allowed === 'function') {
    return allowed(value) ? undefined : `${path}: expected another value`
  }
  if (Array.isArray(allowed)) {
    const [element] = allowed as readonly [Allowed]
    if (!Array.isArray(value)) return `${path}: expected a list`
    return first(value.map((each, index) => () => misfitOf(each, element, `${path}[${index}]`)))
  }
  if (typeof value !== 'object' || Array.isArray(value)) return `${path || '.'}: expected an object`
  const members = value as Readonly<Record<string, unknown>>
  return first(
    Object.entries(allowed).map(
      ([name, each]) =>
        () =>
          Object.hasOwn(members, name)
            ? misfitOf(members[name], each, `${path}.${name}`)
            : undefined,
    ),
  )
}

function first(looks: readonly (() => string | undefined)[]): string | undefined {
  for (const look of looks) {
    const found = look()
    if (found !== undefined) return found
  }
  return undefined
}
