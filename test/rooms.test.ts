import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/** What each room may import beside itself; a file in no room may be imported by all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  show: ['core'],
  capture: ['core'],
  files: ['core'],
  workflows: ['core', 'capture', 'files'],
  commands: ['core', 'show', 'capture', 'files', 'workflows'],
}

/** Files beside the rooms, and what of them `core` may import. */
const ROOT_OF_CORE = ['errors.ts', 'printable.ts']

/** Packages that touch neither network, disk, clock nor environment. */
const PACKAGES_OF_CORE = ['node:crypto', 'fast-json-stable-stringify', 'yaml']

/** The packages that only `capture` may know. */
const PACKAGES_OF_CAPTURE =
  /^(@azure|@aws-sdk|@smithy|@googleapis|google-auth-library|nock|node:https?|node:net|node:tls)(\/|$)/

interface Arrow {
  readonly from: string
  /** A file below `src/`, or a package. */
  readonly to: string
}

/** Every import of a text: of values and of types, exports from elsewhere, and `import()`. */
function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]/g)
  return [...found].flatMap(([, name]) => name ?? [])
}

function arrows(): Arrow[] {
  const files = fs
    .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
  return files.flatMap((from) =>
    importsOf(fs.readFileSync(join(SRC, from), 'utf8')).map((name) => ({
      from,
      to: name.startsWith('.') ? relative(SRC, join(SRC, dirname(from), name)) : name,
    })),
  )
}

function roomOf(file: string): string | undefined {
  const [room = '', ...rest] = file.split('/')
  return rest.length > 0 && Object.hasOwn(MAY_IMPORT, room) ? room : undefined
}

/** Why an import is not allowed; undefined where it is. */
function faultOf({ from, to }: Arrow): string | undefined {
  const [room, other] = [roomOf(from), roomOf(to)]
  const isFile = /\.(ts|js|json|css)$/.test(to) && !to.startsWith('..')
  const isPackage = !isFile && !to.startsWith('..')
  if (room === undefined) return undefined
  if (isPackage && room === 'core' && !PACKAGES_OF_CORE.includes(to)) return `core imports ${to}`
  if (isPackage && room !== 'capture' && PACKAGES_OF_CAPTURE.test(to))
    return `${room} imports ${to}`
  if (isFile && other === undefined && room === 'core' && !ROOT_OF_CORE.includes(to)) {
    return `core imports ${to}`
  }
  if (other === undefined || other === room || MAY_IMPORT[room]?.includes(other)) return undefined
  return `${room} imports ${other}`
}

/** The folders that can be reached from themselves, each circle once. */
function circles(all: readonly Arrow[], nameOf: (file: string) => string): string[] {
  const graph = new Map<string, Set<string>>()
  for (const { from, to } of all) {
    const [a, b] = [nameOf(from), nameOf(to)]
    if (a !== b && roomOf(to) !== undefined) graph.set(a, (graph.get(a) ?? new Set()).add(b))
  }
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>()
    const open = [...(graph.get(start) ?? [])]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...(graph.get(next) ?? []))
    }
    return seen
  }
  return [...graph.keys()].filter((name) => reach(name).has(name)).sort()
}

describe('the rooms of src/', () => {
  const all = arrows()

  it('import only what docs/architecture.md lets them', () => {
    const faults = all.flatMap((arrow) => {
      const fault = faultOf(arrow)
      return fault === undefined ? [] : [`${arrow.from} -> ${arrow.to}: ${fault}`]
    })
    expect(faults).toEqual([])
  })

  it('have no circles of files', () => {
    expect(circles(all, (file) => file)).toEqual([])
  })

  it('have no circles of folders in core', () => {
    const ofCore = all.filter(({ from, to }) => roomOf(from) === 'core' && roomOf(to) === 'core')
    expect(circles(ofCore, dirname)).toEqual([])
  })

  it.each([
    ['core/json/a.ts', 'files/read.ts'],
    ['core/json/a.ts', 'secrets.ts'],
    ['core/json/a.ts', 'node:fs'],
    ['core/audit/diff/a.ts', 'show/table.ts'],
    ['show/a.ts', 'capture/capture.ts'],
    ['show/report/a.ts', 'nock'],
    ['files/a.ts', 'capture/verify.ts'],
    ['files/git/a.ts', 'show/table.ts'],
    ['capture/http/a.ts', 'files/read.ts'],
    ['capture/a.ts', 'commands/line/emit.ts'],
    ['commands/a.ts', '@azure/identity'],
  ])('would not let %s import %s', (from, to) => {
    expect(faultOf({ from, to })).toMatch(/ imports /)
  })

  it('are read with every kind of import', () => {
    const text = `import a from './a.ts'
import type { B } from '../b.ts'
import { type C,
  D } from "./c.ts"
export { e } from './e.ts'
const f = await import('./f.ts')
type G = import('./g.ts').G
import './h.ts'`
    expect(importsOf(text).map((name) => name.replace(/.*\//, ''))).toEqual([
      ...['a.ts', 'b.ts', 'c.ts', 'e.ts', 'f.ts', 'g.ts', 'h.ts'],
    ])
  })
})
