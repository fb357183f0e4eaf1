import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/commands/index.ts'
import { definitionOf } from '../../../src/commands/line/definition.ts'
import { runFully } from '../../../src/commands/line/full.ts'
import { QUICK } from '../../../src/commands/line/names.ts'
import { readPlain } from '../../../src/commands/line/plain.ts'

const commands = new Map(
  await Promise.all(
    COMMANDS.map(async ({ command: pattern, load }) => {
      const command = await load()
      const { options, positionals } = definitionOf(command)
      const known = new Set([...options.keys(), ...positionals.keys()])
      return [pattern.split(' ')[0] ?? '', { pattern, command, options, known }] as const
    }),
  ),
)

const commandOf = (name: string) => {
  const found = commands.get(name)
  if (found === undefined) throw new Error(`no command ${name}`)
  return found
}

const plainly = (words: readonly string[]) => {
  const { pattern, command } = commandOf(words[0] ?? '')
  return readPlain(pattern, command, words)
}

/** What yargs gives a command of its own options and arguments; undefined where it gives an error. */
async function fully(words: readonly string[]): Promise<Record<string, unknown> | undefined> {
  let given: Record<string, unknown> | undefined
  const { known } = commandOf(words[0] ?? '')
  const keep = (args: unknown) => {
    const own = Object.entries(args as object).filter(
      ([name, value]) => known.has(name) && value !== undefined,
    )
    given = Object.fromEntries(own)
  }
  await runFully(words, keep).catch(() => undefined)
  return given
}

describe('a plain command line', () => {
  it.each([
    'regenerate s.json',
    'regenerate s.json --target rhcos.json',
    'regenerate --target=rhcos.json --check s.json --quiet',
    'regenerate s.json --layout enhancement --layout stream-metadata --target t.json --json',
    'regenerate s.json --require exact --allow-regression --explain --debug',
    'capture s.json --stream rhcos.json --cloud azure,aws --ocp 4.18 --concurrency 4',
    'capture s.json x86_64=418.94.202410090804-0 --name 4.18-9.4 --no-signatures',
    'cosa2stream --name 4.18-9.4 --target t.json --distro rhcos x86_64=418.94.202410090804-0',
    'cosa2stream',
    'verify a.json b.json --target t.json',
    'diff HEAD~1:s.json s.json --format markdown',
    'list s.json -o tsv --sku 418 --arch x64 --cloud azure',
    'skew s.json --max-days 30 --fail-on older-build -o json',
    'image t.json --plan ocp --generation 1 --output urn',
    'image t.json --gen1',
    'configmap a=t.json b=u.json',
  ])('%s is read as yargs reads it', async (line) => {
    const args = plainly(line.split(' '))
    expect(args).toBeDefined()
    expect(args).toEqual(await fully(line.split(' ')))
  })

  it.each([
    'regenerate',
    'regenerate s.json t.json',
    'regenerate s.json --targt t.json',
    'regenerate s.json --target',
    'regenerate s.json --target --check',
    'regenerate s.json --target a --target b',
    'regenerate s.json --json',
    'regenerate s.json --check=yes',
    'regenerate s.json --check true',
    'regenerate s.json --require none',
    'regenerate s.json --layout none enhancement',
    'regenerate s.json --help',
    'regenerate 0x10',
    'regenerate s.json --target "t.json"',
    'regenerate -- s.json',
    'image t.json --gen1 --generation 2',
    'image t.json --generation 3',
    'skew s.json --max-days many',
    'list s.json -o=tsv',
  ])('%s is left to yargs', (line) => {
    expect(plainly(line.split(' '))).toBeUndefined()
  })

  it('is read as yargs reads it, whatever stands in it', async () => {
    const values = [
      's.json',
      'json',
      'exact',
      '7',
      '0',
      '-1',
      '1e3',
      '',
      'a b',
      "'q'",
      'true',
      'x=y',
    ]
    const lines = fc.constantFrom(...commands.keys()).chain((name) => {
      const { options } = commandOf(name)
      const spelled = [...options].flatMap(([option, { alias, choices = [] }]) => [
        [`--${option}`],
        ...[...values, ...choices].map((value) => [`--${option}`, String(value)]),
        ...values.map((value) => [`--${option}=${value}`]),
        ...(typeof alias === 'string' ? [[`-${alias}`, String(choices[0] ?? 'x')]] : []),
      ])
      const part = fc.oneof(
        { arbitrary: fc.constantFrom(...spelled), weight: 3 },
        { arbitrary: fc.constantFrom(...values).map((value) => [value]), weight: 1 },
      )
      return fc.array(part, { maxLength: 5 }).map((parts) => [name, 's.json', ...parts.flat()])
    })
    let plain = 0
    await fc.assert(
      fc.asyncProperty(lines, async (words) => {
        const args = plainly(words)
        if (args === undefined) return
        plain += 1
        expect(args).toEqual(await fully(words))
      }),
      { numRuns: 300 },
    )
    expect(plain).toBeGreaterThan(20)
  })
})

describe('the quick commands', () => {
  it('are commands', () => {
    expect([...commands.keys()]).toEqual(expect.arrayContaining([...QUICK]))
  })
})
