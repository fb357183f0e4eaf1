import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../src/core/audit/configmap.ts'
import { run, temporaryFolder } from '../support/cli.ts'

const FILE = resolve(process.env.CORPUS_DIR ?? '../shared/corpus', 'configmap/bootimages-5.0.yaml')

let data: ConfigMap['data']
beforeAll(() => {
  data = (load(readFileSync(FILE, 'utf8')) as ConfigMap).data
})

describe('the ConfigMap of a cluster', () => {
  it('comes out of its own streams, architectures in the order of Go', async () => {
    const folder = await temporaryFolder()
    const streams = JSON.parse(data.streams)
    const names = Object.keys(streams)
    for (const name of names) {
      await writeFile(join(folder, name), `${JSON.stringify(streams[name], undefined, 4)}\n\n`)
    }
    const { stdout } = await run(['configmap', ...names.map((name) => `${name}=${name}`)], {
      cwd: folder,
    })
    const made = (load(stdout) as ConfigMap).data
    expect(JSON.parse(made.stream)).toEqual(JSON.parse(data.stream))
    expect(JSON.parse(made.streams)).toEqual(streams)
    expect(made.stream).toBe(JSON.stringify(JSON.parse(made.stream), undefined, 2))
  })
})
