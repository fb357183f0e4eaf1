import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson, computeIntegrity } from '../../src/core/snapshot/canonical.ts'
import { printSnapshot } from '../../src/core/snapshot/read.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { capturePairs } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 5000)
const SEED = process.env.FUZZ_SEED
/** Limit for the processor time of one input. */
const SECONDS = 10

/** The commands that read each file, by file name. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  's.json': [
    'regenerate s.json --target rhcos.json --check --explain',
    'regenerate s.json --target rhcos.json --layout enhancement --layout stream-metadata',
    'regenerate s.json --target rhcos.json --marketplace-file m.json --require exact',
    'list s.json -o tsv',
    'skew s.json --target rhcos.json -o markdown --fail-on older-build',
    'diff old.json s.json',
    'diff s.json old.json -o markdown --target rhcos.json',
    'verify s.json --target rhcos.json',
    'capture s.json --replay',
  ],
  's.recording.json': ['verify s.json', 'capture s.json --replay'],
  'rhcos.json': [
    'regenerate s.json --target rhcos.json --allow-regression',
    'regenerate s.json --target rhcos.json --layout none --keep-lost',
    'skew rhcos.json -o json',
    'image rhcos.json -o machineset',
    'configmap rhcos.json',
    'capture t.json --stream rhcos.json --replay s.recording.json',
  ],
  'c.json': ['capture t.json --stream rhcos.json --criteria c.json --replay s.recording.json'],
  'stream-snapshot.json': ['check', 'list', 'skew', 'verify s', 'regenerate s'],
  'm.json': [
    'regenerate s.json --target rhcos.json --marketplace-file m.json --check',
    'image m.json -o json',
  ],
  'map.yaml': ['image map.yaml', 'image map.yaml --plan ocp -o install-config'],
}

const REPLACEMENTS = [
  ...['', 'null', 'true', '-1', '1e999', '0.5', 'NaN', '[]', '{}', '[null]', '{"a":1,"a":2}', '*a'],
  ...['"__proto__"', '"constructor"', '"\\ud800"', '"\\u0000"', '"\\u001b[31m"', '"\u202e"', '"'],
  ...['"../../etc/passwd"', '"https://["', '"4.18"', '"418.94.99999999"', '"azure"', '"x86_64"'],
  ...[`"${'a'.repeat(100_000)}"`, `"${'a.'.repeat(20_000)}"`, '9'.repeat(400)],
  ...['['.repeat(20_000), '{"a":'.repeat(20_000)],
]
const TOKEN = /"(?:[^"\\]|\\.)*"|[\w.-]+|[[\]{}:,]/g

const input = fc.constantFrom(...Object.keys(COMMANDS)).chain((file) =>
  fc.record({
    file: fc.constant(file),
    command: fc.constantFrom(...(COMMANDS[file] ?? [])),
    edits: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...REPLACEMENTS)), { maxLength: 3 }),
    /** The length to which the file is truncated. */
    cut: fc.option(fc.nat(), { freq: 5 }),
    isSealed: fc.boolean(),
  }),
)

/** Replaces tokens of a text. */
function replaceTokens(text: string, edits: readonly (readonly [number, string])[]): string {
  return edits.reduce((result, [number, replacement]) => {
    const tokens = [...result.matchAll(TOKEN)]
    const { index = 0, 0: token = '' } = tokens[number % Math.max(1, tokens.length)] ?? {}
    return result.slice(0, index) + replacement + result.slice(index + token.length)
  }, text)
}

/** Updates the integrity of a snapshot. Other texts are unchanged. */
function seal(text: string): string {
  try {
    const { integrity: _, ...rest } = JSON.parse(text)
    return printSnapshot({ ...rest, integrity: computeIntegrity(canonicalJson(rest)) } as never)
  } catch {
    return text
  }
}

it(`exits with 0, 1, 2 or 3 for each of ${INPUTS} broken files`, async () => {
  const folder = await temporaryFolder()
  const files = await validFiles(join(folder, 'valid'))
  let count = 0
  const property = fc.asyncProperty(input, async ({ file, command, edits, cut, isSealed }) => {
    const cwd = join(folder, String(++count))
    await mkdir(cwd)
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
    const text = replaceTokens(files[file] ?? '', edits)
    const whole = file === 's.json' && isSealed ? seal(text) : text
    await writeFile(join(cwd, file), cut === null ? whole : whole.slice(0, cut % whole.length))
    const start = process.cpuUsage()
    const { status, stderr } = await run(command.split(' '), { cwd })
    expect([0, 1, 2, 3], stderr).toContain(status)
    expect(process.cpuUsage(start).user).toBeLessThan(SECONDS * 1e6)
    await rm(cwd, { recursive: true })
  })
  await fc.assert(property, { numRuns: INPUTS, ...(SEED && { seed: Number(SEED) }) })
}, 3_600_000)

async function validFiles(cwd: string): Promise<Readonly<Record<string, string>>> {
  const { older } = await capturePairs()
  await mkdir(cwd)
  const texts = { 's.json': older.snapshot, 'rhcos.json': smallStream(EXAMPLE) }
  for (const [name, text] of Object.entries(texts)) await writeFile(join(cwd, name), text)
  const regenerate = ['regenerate', 's.json', '--target', 'rhcos.json']
  await run([...regenerate, '--marketplace-file', 'm.json'], { cwd })
  await run([...regenerate, '--layout', 'enhancement', '--layout', 'stream-metadata'], { cwd })
  const { stdout } = await run(['configmap', 'rhcos.json'], { cwd })
  return {
    's.json': older.snapshot,
    'old.json': older.snapshot,
    's.recording.json': older.recording,
    'rhcos.json': await readFile(join(cwd, 'rhcos.json'), 'utf8'),
    'm.json': await readFile(join(cwd, 'm.json'), 'utf8'),
    'c.json': await readFile('src/core/criteria/criteria.json', 'utf8'),
    'map.yaml': stdout,
    'stream-snapshot.json': JSON.stringify({
      streams: { s: { snapshot: 's.json', target: 'rhcos.json' } },
    }),
  }
}
