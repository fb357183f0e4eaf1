import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { type Contestant, start } from './measure.ts'

/** What of the package and its dependencies a run of node loads, by the coverage that V8 reports. */
export interface Loaded {
  readonly files: readonly string[]
  readonly bytes: number
}

export async function loadedBy(contestant: Contestant): Promise<Loaded> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'coverage-'))
  try {
    await start({ ...contestant, env: { ...contestant.env, NODE_V8_COVERAGE: folder } })
    const files = new Set<string>()
    for (const name of await fs.readdir(folder)) {
      const { result } = JSON.parse(await fs.readFile(join(folder, name), 'utf8'))
      for (const { url } of result) if (url.startsWith('file:')) files.add(fileURLToPath(url))
    }
    const sizes = await Promise.all([...files].map(async (file) => (await fs.stat(file)).size))
    return { files: [...files], bytes: sizes.reduce((sum, size) => sum + size, 0) }
  } finally {
    await fs.remove(folder)
  }
}
