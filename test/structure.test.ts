import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

const ROOT_FILES = ['errors.ts', 'printable.ts', 'secrets.ts', 'version.ts']

/** The layers and root files that each layer or root file may import. */
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

/** Packages that do not use the network, the disk, the clock or the environment. */
const CORE_PACKAGES = ['node:crypto', 'fast-json-stable-stringify', 'yaml']

/** Packages that only `capture` may import. */
const CAPTURE_PACKAGES =
  /^(@azure|@aws-sdk|@smithy|@googleapis|google-auth-library|nock|node:https?|node:net|node:tls)(\/|$)/

interface Import {
  readonly from: string
  /** A file below `src/`, or a package. */
  readonly to: string
}

/** All imports in a text, including type imports, re-exports and `import()`. */
function getImports(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]/g)
  return [...found].flatMap(([, name]) => name ?? [])
}

function readImports(): Import[] {
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

/** A layer or a root file; undefined for packages and files outside `src/`. */
function getLayer(file: string): string | undefined {
  const [first = ''] = file.split('/')
  return Object.hasOwn(MAY_IMPORT, first) ? first : undefined
}

/** Returns undefined if the import is allowed. */
function findViolation({ from, to }: Import): string | undefined {
  const [own, other] = [getLayer(from), getLayer(to)]
  const violation = `${own} imports ${to}`
  if (own === undefined) return `${from} is in no layer`
  if (other !== undefined) {
    return other === own || MAY_IMPORT[own]?.includes(other) ? undefined : violation
  }
  // Only the version is read from outside `src/`.
  if (to.startsWith('..')) return to === '../package.json' ? undefined : violation
  if (/\.ts$/.test(to)) return violation
  if (own === 'core' && !CORE_PACKAGES.includes(to)) return violation
  return own !== 'capture' && CAPTURE_PACKAGES.test(to) ? violation : undefined
}

/** The names that import themselves through other names. */
function findCycles(all: readonly Import[], getName: (file: string) => string): string[] {
  const graph = new Map<string, Set<string>>()
  for (const { from, to } of all) {
    const [a, b] = [getName(from), getName(to)]
    if (a !== b && getLayer(to) !== undefined) graph.set(a, (graph.get(a) ?? new Set()).add(b))
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

describe('src/', () => {
  const all = readImports()

  it('only has the imports that docs/architecture.md allows', () => {
    const violations = all.flatMap((each) => {
      const violation = findViolation(each)
      return violation === undefined ? [] : [`${each.from} -> ${each.to}: ${violation}`]
    })
    expect(violations).toEqual([])
  })

  it('has no import cycles between files', () => {
    expect(findCycles(all, (file) => file)).toEqual([])
  })

  it('has no import cycles between folders of core', () => {
    const inCore = all.filter(
      ({ from, to }) => getLayer(from) === 'core' && getLayer(to) === 'core',
    )
    expect(findCycles(inCore, dirname)).toEqual([])
  })
})
