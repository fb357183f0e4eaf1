import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './support/cli.ts'
import { azureImage, snapshotText } from './support/snapshots.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const execute = promisify(execFile)

/** What a file loads as soon as it is loaded, its own chunks included. */
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
  it('is there under its name, with its types', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'node_modules/@types'), { recursive: true })
    await symlink(ROOT, join(folder, 'node_modules/stream-snapshot'))
    await symlink(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const snapshot = snapshotText([azureImage('418-v2', '418.94.20241009')])
    const file = join(folder, 'use.ts')
    await writeFile(
      file,
      `import { diffSnapshots, readSnapshot, regenerate, selectImages } from 'stream-snapshot'

const snapshot = readSnapshot(${JSON.stringify(snapshot)}, 's.json')
const releases = new Map([['x86_64', '418.94.202410090804-0']])
const grades = selectImages(snapshot, releases).map(({ grade }) => grade)
const count: number = diffSnapshots(snapshot, snapshot).images.length
// @ts-expect-error: a job has a snapshot
export const fails = () => regenerate({})
console.log(JSON.stringify([grades.filter(Boolean), count]))
`,
    )
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023']
    await execute(join(ROOT, 'node_modules/.bin/tsc'), [...options, '--types', 'node', 'use.ts'], {
      cwd: folder,
    })
    const { stdout } = await execute(join(ROOT, 'node_modules/.bin/tsx'), [file])
    expect(JSON.parse(stdout)).toEqual([['exact'], 0])
  })

  it('loads no SDK, replay or printer before it is asked to', async () => {
    const imports = await staticImports(join(ROOT, 'dist/index.js'))
    expect([...imports].filter((name) => HEAVY.includes(name))).toEqual([])
  })
})
