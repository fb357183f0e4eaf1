import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { azureFor } from '../support/azure.ts'
import { temporaryFolder } from '../support/cli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const execute = promisify(execFile)

async function readExamples(page: string): Promise<string[]> {
  const text = await readFile(join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].flatMap(([, code]) => code ?? [])
}

describe('docs/library.md', () => {
  it('has examples that compile in a strict project and run', async () => {
    const folder = await temporaryFolder()
    const azure = await azureFor(imagesBeforeBump())
    await mkdir(join(folder, 'node_modules/@types'), { recursive: true })
    await symlink(ROOT, join(folder, 'node_modules/stream-snapshot'))
    await symlink(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
    for (const name of ['demo', 'snapshots', 'stream-snapshot.json']) {
      await cp(join(ROOT, name), join(folder, name), { recursive: true })
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const examples = await readExamples('docs/library.md')
    expect(examples).toHaveLength(3)
    const files = examples.map((_, index) => `example-${index}.ts`)
    for (const [index, example] of examples.entries()) {
      const code = example.replace("location: 'eastus'", `'azure-endpoint': '${azure.url}'`)
      await writeFile(join(folder, files[index] ?? ''), code)
    }
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023']
    await execute(
      join(ROOT, 'node_modules/.bin/tsc'),
      [...options, '--exactOptionalPropertyTypes', '--types', 'node', ...files],
      { cwd: folder },
    )
    const output: string[] = []
    for (const file of files) {
      const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...azure.environment }
      const script = file.replace(/\.ts$/, '.js')
      const { stdout } = await execute(process.execPath, [script], { cwd: folder, env })
      output.push(stdout)
    }
    expect(output[0]).toMatch(/^4\.18 \d+ \[.*\] 2\nno-purchase-plan undefined azureopenshift/s)
    expect(output[1]).toBe(
      `${['schema', 'integrity', 'form', 'recording', 'replay', 'secrets', 'target'].map((name) => `${name} ok`).join('\n')}\ntrue\n`,
    )
    expect(output[2]).toBe("[ 'rhel-9', 'rhel-10' ]\nrhel-9 []\nrhel-10 []\n")
  })
})
