import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runBuilt, temporaryFolder } from './cli.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const SNAPSHOT = join(ROOT, 'snapshots/rhcos-4.18.json')

/** The files of the package that a command loads, from V8's coverage report. */
export async function loaded(args: readonly string[], cwd?: string) {
  const coverage = await temporaryFolder()
  await runBuilt(args, { env: { NODE_V8_COVERAGE: coverage }, ...(cwd && { cwd }) })
  const files = new Set<string>()
  for (const name of await readdir(coverage)) {
    const { result } = JSON.parse(await readFile(join(coverage, name), 'utf8'))
    for (const { url } of result) if (url.startsWith('file:')) files.add(fileURLToPath(url))
  }
  return { files: [...files].map((file) => relative(ROOT, file)).sort() }
}
