/** A request's form, by the names that EC2's query protocol gives: `Filter.1.Value.2`. */
export type Form = Readonly<Record<string, string>>

/** A request that EC2 does not take; the sentence is the one that it answers with. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** The values of a list, `ImageId.1` and so on, in the order of their numbers. */
export function listOf(form: Form, name: string): string[] {
  return Object.entries(form)
    .flatMap(([key, value]) => {
      const [, number] = key.startsWith(`${name}.`)
        ? (/^([0-9]+)$/.exec(key.slice(name.length + 1)) ?? [])
        : []
      return number === undefined ? [] : [[Number(number), value] as const]
    })
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value)
}

/** What a filter is asked of, by the filter's name; undefined where the thing has no such value. */
export type Filterable = Readonly<Record<string, string | undefined>>

/**
 * The test that a request's filters are: each of them has to hold, and one holds where any of its
 * values does, whole and by letter case, `*` and `?` in it being wildcards and `\` taking that away.
 *
 * @param names the filters that the action has
 * @throws Refusal for a filter that it has not
 */
export function filterOf(form: Form, names: readonly string[]): (thing: Filterable) => boolean {
  const numbers = Object.keys(form).flatMap(
    (key) => /^Filter\.([0-9]+)\.Name$/.exec(key)?.[1] ?? [],
  )
  const filters = numbers.map((number) => {
    const name = form[`Filter.${number}.Name`] ?? ''
    if (!names.includes(name)) {
      throw new Refusal('InvalidParameterValue', `The filter '${name}' is invalid`)
    }
    return { name, patterns: listOf(form, `Filter.${number}.Value`).map(wildcard) }
  })
  return (thing) =>
    filters.every(({ name, patterns }) => {
      const value = thing[name]
      return value !== undefined && patterns.some((pattern) => pattern.test(value))
    })
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.match(/\\[\s\S]|[\s\S]/g) ?? []
  const source = parts.map((part) => {
    if (part === '*') return '[^]*'
    if (part === '?') return '[^]'
    return part.slice(-1).replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`)
}

/**
 * How many items a page may have; undefined where the request wants no pages.
 *
 * @param ids the parameter of ids as EC2 calls it, if the request has one: pages do not go with it
 * @throws Refusal where it is out of bounds
 */
export function pageSizeOf({ MaxResults: most }: Form, ids?: string): number | undefined {
  if (most === undefined) return undefined
  if (ids !== undefined) {
    throw new Refusal(
      'InvalidParameterCombination',
      `The parameter ${ids} cannot be used with the parameter maxResults`,
    )
  }
  const size = /^[0-9]+$/.test(most) ? Number(most) : Number.NaN
  if (size >= 5 && size <= 1000) return size
  const expected = size > 1000 ? 'smaller than or equal to 1000' : 'greater than 5'
  throw new Refusal(
    'InvalidParameterValue',
    `Value ( ${most} ) for parameter maxResults is invalid. Expecting a value ${expected}.`,
  )
}
