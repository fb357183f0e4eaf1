import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { QUICK } from '../../../src/commands/line/names.ts'
import { codeCacheOf, loadQuick, writeCode } from '../../../src/commands/line/script.ts'
import { temporaryFolder } from '../../support/cli.ts'

const SCRIPT = '(function (module) { module.exports = { run: async (words) => words.length > 1 } })'

async function scriptFile() {
  const file = join(await temporaryFolder(), 'quick.cjs')
  await writeFile(file, SCRIPT)
  return file
}

/** A script beside code that was made of its like, as V8 remembers what it compiled by its name. */
async function scriptWithCode(change: (code: Buffer) => Buffer = (code) => code) {
  const [file, like] = [await scriptFile(), await scriptFile()]
  writeCode(like, loadQuick(like).script)
  await writeFile(codeCacheOf(file), change(await readFile(codeCacheOf(like))))
  return file
}

describe('the script of a quick command', () => {
  it('runs without code of V8', async () => {
    const { script, exports } = loadQuick(await scriptFile())
    expect(await exports.run(['list', 's.json'])).toBe(true)
    expect(script.cachedDataRejected).toBeUndefined()
  })

  it('runs with the code that the same V8 made of it', async () => {
    const { script, exports } = loadQuick(await scriptWithCode())
    expect(script.cachedDataRejected).toBe(false)
    expect(await exports.run(['list', 's.json'])).toBe(true)
  })

  it.each([
    ['damaged', (code: Buffer) => code.fill(1, 500, 504)],
    ['of other code', (code: Buffer) => code.fill(1, 0, 16)],
    ['cut off', (code: Buffer) => code.subarray(0, 40)],
    ['empty', () => Buffer.alloc(0)],
  ])('runs beside code that is %s', async (_, change) => {
    const { script, exports } = loadQuick(await scriptWithCode(change))
    expect(script.cachedDataRejected).toBeUndefined()
    expect(await exports.run(['list'])).toBe(false)
  })

  it('runs beside code that cannot be read', async () => {
    const file = await scriptFile()
    await mkdir(codeCacheOf(file))
    expect(loadQuick(file).script.cachedDataRejected).toBeUndefined()
  })

  it('does not take the code of what it was before', async () => {
    const file = await scriptWithCode()
    await writeFile(file, SCRIPT.replace('> 1', '< 1'))
    const { script, exports } = loadQuick(file)
    expect(script.cachedDataRejected).toBeUndefined()
    expect(await exports.run(['list', 's.json'])).toBe(false)
  })

  it.each(['version', 'arch', 'platform', 'execPath'] as const)(
    'knows nothing of code that a node of another %s made',
    async (trait) => {
      const file = await scriptWithCode()
      const own = Object.getOwnPropertyDescriptor(process, trait)
      Object.defineProperty(process, trait, { ...own, value: file })
      try {
        expect(loadQuick(file).script.cachedDataRejected).toBeUndefined()
      } finally {
        Object.defineProperty(process, trait, own ?? {})
      }
    },
  )

  it.each(QUICK)('%s is built with its code, in ASCII, and with all that it runs', async (name) => {
    const file = fileURLToPath(new URL(`../../../dist/quick/${name}.cjs`, import.meta.url))
    const code = (await readdir(dirname(file))).filter((each) => each.endsWith('.cache'))
    expect(code.map((each) => each.split('.')[0])).toContain(name)
    const bytes = await readFile(file)
    expect(bytes.every((byte) => byte < 0x80)).toBe(true)
    // What turns while a cloud is asked, which no such command does: a script can import nothing.
    expect(bytes.toString().match(/\bimport\(.*?\)/g)).toEqual(['import("yocto-spinner")'])
  })
})
