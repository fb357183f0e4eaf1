/** What may stand at a place of an answer. */
export type Shape =
  | { readonly is: 'text' | 'digits' | 'number' | 'boolean' | 'time' | 'null' | 'anything' }
  | { readonly is: 'word'; readonly words: readonly string[] }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'map'; readonly of: Shape }
  | { readonly is: 'either'; readonly of: readonly Shape[] }
  | { readonly is: 'record'; readonly name: string; members(): Members }

export type Members = Readonly<Record<string, Member>>

export interface Member {
  readonly shape: Shape
  readonly isRequired: boolean
}

export const TEXT: Shape = { is: 'text' }
export const NUMBER: Shape = { is: 'number' }
export const NULL: Shape = { is: 'null' }
export const listOf = (of: Shape): Shape => ({ is: 'list', of })
export const mapOf = (of: Shape): Shape => ({ is: 'map', of })
export const wordOf = (...words: string[]): Shape => ({ is: 'word', words })

/** A record of these members and no other, all of them required but those with a `?` at the end. */
export function recordOf(name: string, members: Readonly<Record<string, Shape>>): Shape {
  const told = Object.entries(members).map(([key, shape]): [string, Member] => [
    key.replace(/\?$/, ''),
    { shape, isRequired: !key.endsWith('?') },
  ])
  return { is: 'record', name, members: () => Object.fromEntries(told) }
}

/** A record with members that take the place of its own or come to them. */
export function withMembers(shape: Shape, more: Readonly<Record<string, Shape>>): Shape {
  if (shape.is !== 'record') throw new TypeError('only a record has members')
  const added = recordOf(shape.name, more) as typeof shape
  return { ...shape, members: () => ({ ...shape.members(), ...added.members() }) }
}

/** A record with some members always there that its model leaves open. */
export function requiring(shape: Shape, ...names: string[]): Shape {
  if (shape.is !== 'record') throw new TypeError('only a record has members')
  const required = (members: Members) =>
    Object.fromEntries(
      names.map((name) => [name, { ...(members[name] as Member), isRequired: true }]),
    )
  return { ...shape, members: () => ({ ...shape.members(), ...required(shape.members()) }) }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** Everything in a value that its shape forbids, a line each: the place, and what is wrong there. */
export function faultsIn(value: unknown, shape: Shape, place = 'answer'): string[] {
  const expect = (is: boolean, what: string) =>
    is ? [] : [`${place}: expected ${what}, got ${JSON.stringify(value)?.slice(0, 60)}`]
  switch (shape.is) {
    case 'anything':
      return []
    case 'text':
      return expect(typeof value === 'string', 'text')
    case 'digits':
      return expect(typeof value === 'string' && /^[0-9]+$/.test(value), 'digits as text')
    case 'number':
      return expect(typeof value === 'number', 'a number')
    case 'boolean':
      return expect(typeof value === 'boolean', 'true or false')
    case 'null':
      return expect(value === null, 'null')
    case 'time':
      return expect(typeof value === 'string' && TIME.test(value), 'a time')
    case 'word':
      return expect((shape.words as unknown[]).includes(value), shape.words.join(' or '))
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((each, index) => faultsIn(each, shape.of, `${place}[${index}]`))
        : expect(false, 'a list')
    case 'either': {
      const each = shape.of.map((one) => faultsIn(value, one, place))
      // The alternative that is nearest, as the others would say what nobody meant.
      return each.reduce((best, next) => (next.length < best.length ? next : best))
    }
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, each]) =>
            faultsIn(each, shape.of, `${place}.${key}`),
          )
        : expect(false, 'an object')
    case 'record':
      return isObject(value) ? faultsInRecord(value, shape, place) : expect(false, 'an object')
  }
}

function faultsInRecord(
  value: Readonly<Record<string, unknown>>,
  { name, members }: Shape & { is: 'record' },
  place: string,
): string[] {
  const known = members()
  const missing = Object.entries(known)
    .filter(([key, { isRequired }]) => isRequired && !Object.hasOwn(value, key))
    .map(([key]) => `${place}: ${name} needs '${key}'`)
  const found = Object.entries(value).flatMap(([key, each]) => {
    const member = Object.hasOwn(known, key) ? known[key] : undefined
    return member === undefined
      ? [`${place}: ${name} has no '${key}'`]
      : faultsIn(each, member.shape, `${place}.${key}`)
  })
  return [...missing, ...found]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
