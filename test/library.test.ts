import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const execute = promisify(execFile)

/** The packages that a file imports statically, also through its own chunks. */
async function staticImports(file: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = await readFile(file, 'utf8')
  for (const [, name = ''] of text.matchAll(/^import\b[^'"]*["']([^"']+)["'];?$/gm)) {
    if (name.startsWith('.')) await staticImports(join(dirname(file), name), seen)
    else seen.add(name)
  }
  return seen
}

const HEAVY = ['nock', 'yaml', 'diff', '@azure/arm-compute', '@azure/identity', 'p-map']

describe('the library', () => {
  it('has two entry points that node resolves by name', async () => {
    const names = ['stream-snapshot', 'stream-snapshot/workspace']
    const code = names.map((name) => `console.log(Object.keys(await import('${name}')).join())`)
    const { stdout } = await execute(
      process.execPath,
      ['-e', code.join('\n'), '--input-type=module'],
      {
        cwd: ROOT,
      },
    )
    const [library, workspace] = stdout.split('\n').map((line) => line.split(','))
    expect(library).toEqual(expect.arrayContaining(['diff', 'openContext', 'verify']))
    expect(workspace).toContain('checkWorkspace')
  })

  it('does not load SDKs, replay or printers statically', async () => {
    const imports = await staticImports(join(ROOT, 'dist/index.js'))
    expect([...imports].filter((name) => HEAVY.includes(name))).toEqual([])
  })
})
