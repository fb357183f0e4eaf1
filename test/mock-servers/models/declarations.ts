import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Member, Members, Shape } from './shape.ts'

/** The shapes that a client's generated declarations give, by the names of its interfaces. */
export interface Declarations {
  /** @throws Error for a name that is not declared */
  shapeOf(name: string): Shape
}

/** The name on the wire of a member of an interface. */
export type WireName = (record: string, member: string) => string

/** Files of this project's packages, as one text. */
export function readPackageFiles(...files: string[]): string {
  const root = new URL('../../../node_modules/', import.meta.url)
  return files.map((file) => readFileSync(fileURLToPath(new URL(file, root)), 'utf8')).join('\n')
}

/**
 * Reads shapes from TypeScript declarations as generators write them: interfaces, lists of words,
 * enumerations of what is known, no types that take others.
 */
export function readDeclarations(
  text: string,
  wireName: WireName = (_, member) => member,
): Declarations {
  const known = new Map<string, Shape>()

  function shapeOf(name: string): Shape {
    const before = known.get(name)
    if (before !== undefined) return before
    const shape = find(name)
    known.set(name, shape)
    return shape
  }

  function find(name: string): Shape {
    const escaped = name.replaceAll('$', '\\$')
    const words = new RegExp(
      `export declare (?:enum Known${escaped}|const ${escaped}:) \\{([^}]*)\\}`,
    ).exec(text)?.[1]
    if (words !== undefined) {
      const told = [...withoutComments(words).matchAll(/[=:]\s*"([^"]*)"/g)]
      return { is: 'word', words: told.map(([, word = '']) => word) }
    }
    const alias = new RegExp(`export type ${escaped} = ([^;]*);`).exec(text)?.[1]
    if (alias !== undefined) return parser(alias).type()
    const head = new RegExp(`export interface ${escaped}(?: extends ([^{]*))? \\{`).exec(text)
    if (head === null) throw new Error(`${name} is not declared`)
    const start = head.index + head[0].length
    let members: Members | undefined
    return {
      is: 'record',
      name,
      members() {
        const bases = (head[1] ?? '').split(',').map((base) => base.trim())
        members ??= Object.assign(
          {},
          ...bases.filter(Boolean).map((base) => membersOf(shapeOf(base))),
          parser(text.slice(start, endOf(text, start)), name).members(),
        )
        return members as Members
      },
    }
  }

  /** Reads types off a text, from its beginning on. */
  function parser(source: string, record = '') {
    const tokens: string[] = withoutComments(source).match(/"[^"]*"|'[^']*'|[\w$.]+|\S/g) ?? []
    let at = 0
    const next = () => tokens[at++] ?? ''
    const take = (token: string) => tokens[at] === token && ++at > 0
    const want = (token: string) => {
      const got = next()
      if (got !== token) throw new Error(`${record}: expected ${token}, got ${got}`)
    }

    function members(): Members {
      const found: [string, Member][] = []
      while (at < tokens.length && tokens[at] !== '}') {
        const member = next().replaceAll(/["']/g, '')
        const isRequired = !take('?')
        want(':')
        found.push([wireName(record, member), { shape: type(), isRequired }])
        take(';')
      }
      return Object.fromEntries(found)
    }

    function type(): Shape {
      take('|')
      const some = [one()]
      while (take('|')) some.push(one())
      const words = some.flatMap((each) => (each.is === 'word' ? each.words : []))
      const rest = some.filter(({ is }) => is !== 'word')
      const all: Shape[] = words.length > 0 ? [...rest, { is: 'word', words }] : rest
      const [first] = all
      return first !== undefined && all.length === 1 ? first : { is: 'either', of: all }
    }

    function one(): Shape {
      let shape = single()
      while (take('[')) {
        want(']')
        shape = { is: 'list', of: shape }
      }
      return shape
    }

    function single(): Shape {
      const token = next()
      if (/^["']/.test(token)) return { is: 'word', words: [token.slice(1, -1)] }
      const simple = SIMPLE[token]
      if (simple !== undefined) return simple
      if (token === '{' && take('[')) {
        // `[key: string]: …`
        at = tokens.indexOf(']', at) + 1
        want(':')
        const of = type()
        take(';')
        want('}')
        return { is: 'map', of }
      }
      if (token === '{') {
        const inner = members()
        want('}')
        return { is: 'record', name: `${record}'s own`, members: () => inner }
      }
      if (token === 'Array' || token === 'Record') {
        want('<')
        let of = type()
        if (take(',')) of = type()
        want('>')
        return { is: token === 'Array' ? 'list' : 'map', of }
      }
      if (!text.includes(`export interface ${token} `)) return shapeOf(token)
      // Looked up when it is needed: an interface may come back to itself.
      return { is: 'record', name: token, members: () => membersOf(shapeOf(token)) }
    }

    return { members, type }
  }

  return { shapeOf }
}

const SIMPLE: Readonly<Record<string, Shape>> = {
  string: { is: 'text' },
  number: { is: 'number' },
  boolean: { is: 'boolean' },
  Date: { is: 'time' },
  null: { is: 'null' },
  any: { is: 'anything' },
  unknown: { is: 'anything' },
  // Where something is absent; never a value of JSON.
  undefined: { is: 'word', words: [] },
}

function membersOf(shape: Shape): Members {
  if (shape.is !== 'record') throw new Error('only a record has members')
  return shape.members()
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '')
}

/** Where the braces close that are open at `start`. */
function endOf(text: string, start: number): number {
  const source = text.slice(start)
  let depth = 1
  for (const { 0: token, index } of source.matchAll(/\/\*[\s\S]*?\*\/|[{}]/g)) {
    if (token === '{') depth += 1
    if (token === '}') depth -= 1
    if (depth === 0) return start + index
  }
  throw new Error('a brace is not closed')
}
