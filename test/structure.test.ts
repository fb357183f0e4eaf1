import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

const ROOT_FILES = ['errors.ts', 'printable.ts', 'secrets.ts', 'version.ts']

/** The layers and root files that each layer or root file may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ['errors.ts', 'printable.ts'],
  show: ['core', 'errors.ts', 'printable.ts', 'version.ts'],
  capture: ['core', ...ROOT_FILES],
  files: ['core', 'errors.ts', 'printable.ts'],
  workflows: ['core', 'capture', 'files', ...ROOT_FILES],
  commands: ['core', 'show', 'capture', 'files', 'workflows', 'io.ts', 'index.ts', ...ROOT_FILES],
  'cli.ts': ['files', 'main.ts', 'io.ts', 'version.ts'],
  'main.ts': ['commands', 'io.ts'],
  'io.ts': ['files'],
  'index.ts': ['core', 'show', 'capture', 'files', 'workflows', ...ROOT_FILES],
  'workspace.ts': ['core', 'files', 'workflows', 'commands', 'index.ts', 'io.ts', ...ROOT_FILES],
  'errors.ts': [],
  'printable.ts': [],
  'secrets.ts': [],
  'version.ts': [],
}

/** Packages without network, disk, clock or environment. */
const PACKAGES_OF_CORE = ['node:crypto', 'fast-json-stable-stringify', 'yaml']

/** Packages that only `capture` may import. */
const PACKAGES_OF_CAPTURE =
  /^(@azure|@aws-sdk|@smithy|@googleapis|google-auth-library|nock|node:https?|node:net|node:tls)(\/|$)/

interface Arrow {
  readonly from: string
  /** A file below `src/`, or a package. */
  readonly to: string
}

/** Every import of a text: of values and of types, exports from elsewhere, and `import()`. */
function getImports(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]/g)
  return [...found].flatMap(([, name]) => name ?? [])
}

function arrows(): Arrow[] {
  const files = fs
    .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
  return files.flatMap((from) =>
    getImports(fs.readFileSync(join(SRC, from), 'utf8')).map((name) => ({
      from,
      to: name.startsWith('.') ? relative(SRC, join(SRC, dirname(from), name)) : name,
    })),
  )
}

/** The layer of a file, or the root file itself; undefined for a package or a file outside. */
function layer(file: string): string | undefined {
  const [first = ''] = file.split('/')
  return Object.hasOwn(MAY_IMPORT, first) ? first : undefined
}

/** Why an import is wrong; undefined if it is allowed. */
function findFault({ from, to }: Arrow): string | undefined {
  const [own, other] = [layer(from), layer(to)]
  const fault = `${own} imports ${to}`
  if (own === undefined) return `${from} is in no layer`
  if (other !== undefined) {
    return other === own || MAY_IMPORT[own]?.includes(other) ? undefined : fault
  }
  // Only the package's own version is read from outside of `src/`.
  if (to.startsWith('..')) return to === '../package.json' ? undefined : fault
  if (/\.ts$/.test(to)) return fault
  if (own === 'core' && !PACKAGES_OF_CORE.includes(to)) return fault
  return own !== 'capture' && PACKAGES_OF_CAPTURE.test(to) ? fault : undefined
}

/** The names that can be reached from themselves. */
function circles(all: readonly Arrow[], getName: (file: string) => string): string[] {
  const graph = new Map<string, Set<string>>()
  for (const { from, to } of all) {
    const [a, b] = [getName(from), getName(to)]
    if (a !== b && layer(to) !== undefined) graph.set(a, (graph.get(a) ?? new Set()).add(b))
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

describe('the layers of src/', () => {
  const all = arrows()

  it('import only what docs/architecture.md allows', () => {
    const faults = all.flatMap((arrow) => {
      const fault = findFault(arrow)
      return fault === undefined ? [] : [`${arrow.from} -> ${arrow.to}: ${fault}`]
    })
    expect(faults).toEqual([])
  })

  it('have no circles of files', () => {
    expect(circles(all, (file) => file)).toEqual([])
  })

  it('have no circles of folders in core', () => {
    const ofCore = all.filter(({ from, to }) => layer(from) === 'core' && layer(to) === 'core')
    expect(circles(ofCore, dirname)).toEqual([])
  })
})
