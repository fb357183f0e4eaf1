import { diffLines } from 'diff'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import type { FoundImage } from '../../../src/core/image/find.ts'
import { type Merged, mergeImages, openMergeFile } from '../../../src/core/image/merge.ts'
import { InputError } from '../../../src/errors.ts'

const FOUND: FoundImage = {
  slot: { cloud: 'azure', plan: 'no-purchase-plan', architecture: 'x86_64', generation: 2 },
  entry: { publisher: 'azureopenshift', offer: 'aro4', sku: '418-v2', version: '418.94.20241009' },
  urn: 'azureopenshift:aro4:418-v2:418.94.20241009',
}
const OS_IMAGE = {
  plan: 'NoPurchasePlan',
  publisher: 'azureopenshift',
  offer: 'aro4',
  sku: '418-v2',
  version: '418.94.20241009',
}

/** A YAML value with what people put around it. */
interface Written {
  readonly value: string | readonly (readonly [string, Written])[] | null
  readonly isAnchored: boolean
  readonly quote: '' | '"' | "'"
  /** Behind it on its line, and in a line before it. */
  readonly comment: string
  readonly above: string
  /** How nothing at all is written, and a map without members. */
  readonly nothing: '' | 'null' | '~'
}

const around = {
  isAnchored: fc.boolean(),
  quote: fc.constantFrom('', '"', "'"),
  comment: fc.constantFrom('', '  # ours', ' #'),
  above: fc.constantFrom('', '# before', ' '),
  nothing: fc.constantFrom('', 'null', '~'),
} as const

const text = (...values: string[]) =>
  fc.record({ ...around, value: fc.constantFrom(...values, null) }) as fc.Arbitrary<Written>
/** A map with some of its members, in any order. */
const map = (members: Readonly<Record<string, fc.Arbitrary<Written>>>) =>
  fc.record({
    ...around,
    value: fc
      .record(members, { requiredKeys: [] })
      .chain((made) => fc.shuffledSubarray(Object.entries(made)))
      .map((made) => made.filter((each): each is [string, Written] => each[1] !== undefined)),
  }) as fc.Arbitrary<Written>
const orNothing = (written: fc.Arbitrary<Written>) =>
  fc.oneof({ weight: 4, arbitrary: written }, { weight: 1, arbitrary: text() })

const osImage = map({
  plan: text('WithPurchasePlan', 'NoPurchasePlan'),
  publisher: text('redhat', 'azureopenshift'),
  offer: text('rh-ocp-worker'),
  sku: text('rh-ocp-worker-gen1', '418-v2'),
  version: text('4.17.2024100419', '418.94.20241009'),
})
const pool = orNothing(
  map({ type: text('Standard_D4s_v3'), zones: text('1, 2'), osImage: orNothing(osImage) }),
)
const platform = orNothing(map({ azure: pool }))
const config = fc.record({
  controlPlane: orNothing(map({ name: text('master'), platform, replicas: text('3') })),
  compute: platform,
  default: pool,
  end: fc.constantFrom('\n', '\r\n'),
  /** Which of the anchors are used again, behind all. */
  used: fc.array(fc.nat(), { maxLength: 2 }),
})

/** The file, and what stands at which of its anchors. */
function write({ controlPlane, compute, default: pool, end, used }: Config): string {
  const anchors: string[] = []
  const print = (written: Written, key: string, indent: string): string[] => {
    const { value, isAnchored, quote, comment, above, nothing } = written
    const anchor = isAnchored ? ` &a${anchors.push(key)}` : ''
    const head = (tail: string) => `${indent}${key}:${anchor}${tail}${comment}`
    const before = above === '' ? [] : [above === ' ' ? '' : indent + above]
    if (value === null) return [...before, head(nothing && ` ${nothing}`)]
    if (typeof value === 'string') return [...before, head(` ${quote}${value}${quote}`)]
    if (value.length === 0) return [...before, head(' {}')]
    const members = value.flatMap(([name, each]) => print(each, name, `${indent}  `))
    return [...before, head(''), ...members]
  }
  const lines = [
    'apiVersion: v1  # of the installer',
    ...print(controlPlane, 'controlPlane', ''),
    'compute:',
    '- name: worker',
    ...print(compute, 'platform', '  '),
    'platform:',
    '  azure:',
    '    region: eastus',
    ...print(pool, 'defaultMachinePlatform', '    '),
    "pullSecret: '{}'",
  ]
  const aliases = used.flatMap((at, index) =>
    anchors.length === 0 ? [] : [`extra${index}: *a${(at % anchors.length) + 1}`],
  )
  return [...lines, ...aliases, ''].join(end)
}
type Config = typeof config extends fc.Arbitrary<infer T> ? T : never

const PLACES = {
  defaultMachinePlatform: ['platform', 'azure', 'defaultMachinePlatform', 'osImage'],
  controlPlane: ['controlPlane', 'platform', 'azure', 'osImage'],
  compute: ['compute', '0', 'platform', 'azure', 'osImage'],
} as const

type Tree = Record<string, unknown>

/** A parsed file with the image in it, and nothing else changed, not even values that it shares. */
function withImage(before: string, path: readonly string[]): unknown {
  const root = JSON.parse(JSON.stringify(load(before)))
  const node = path.reduce<Tree>((sum, name) => {
    sum[name] ??= name === 'controlPlane' ? { name: 'master' } : {}
    return sum[name] as Tree
  }, root)
  Object.assign(node, OS_IMAGE)
  return root
}

describe('mergeImages', () => {
  it('changes the lines that it names, and nothing else', () => {
    let [merged, refused] = [0, 0]
    fc.assert(
      fc.property(
        config,
        fc.constantFrom('defaultMachinePlatform', 'controlPlane', 'compute'),
        (parts, pool) => {
          const before = write(parts)
          let result: Merged
          try {
            result = mergeImages(openMergeFile(before, 'i.yaml'), { pool }, () => FOUND)
          } catch (error) {
            expect(error).toBeInstanceOf(InputError)
            expect(String(error)).toMatch(
              /is an alias|an alias repeats this value|would override a member/,
            )
            refused += 1
            return
          }
          merged += 1
          expect(load(result.text)).toEqual(withImage(before, PLACES[pool]))
          if (parts.end === '\r\n') expect(result.text).not.toMatch(/[^\r]\n/)

          const changes = diffLines(before, result.text)
          const lines = (of: 'added' | 'removed') =>
            changes.flatMap((change) => (change[of] ? change.value.trimEnd().split(/\r?\n/) : []))
          const told = result.replaced
          for (const { path, after = '' } of told) {
            const isNew = path === '.controlPlane.name'
            expect(isNew || path.startsWith(printed(PLACES[pool]))).toBe(true)
            const name = path.split('.').at(-1)
            expect(
              lines('added').some((line) => line.includes(`${name}:`) && line.includes(after)),
            ).toBe(true)
          }
          // A line goes where its value is another, or where it said that there is nothing.
          const comments = (text: string) => text.match(/#.*$/gm) ?? []
          expect(comments(result.text)).toEqual(comments(before))
          const gone = lines('removed').length
          expect(gone).toBeLessThanOrEqual(told.length + 1)
          // The image has five lines, in at most five more that lead to it.
          expect(lines('added').length - gone).toBeLessThanOrEqual(9)
        },
      ),
      { numRuns: 1000 },
    )
    expect(merged).toBeGreaterThan(100)
    expect(refused).toBeGreaterThan(20)
  })
})

function printed(path: readonly string[]): string {
  return path.map((each) => (/^\d$/.test(each) ? `[${each}]` : `.${each}`)).join('')
}
