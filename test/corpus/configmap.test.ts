import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../src/core/audit/configmap.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { CORPUS } from '../support/corpus.ts'

const FILE = join(CORPUS, 'configmap/bootimages-5.0.yaml')

let data: ConfigMap['data']
beforeAll(() => {
  data = (load(readFileSync(FILE, 'utf8')) as ConfigMap).data
})

describe('the ConfigMap of a cluster', () => {
  it('is generated from its streams, with architectures in the order of Go', async () => {
    const folder = await temporaryFolder()
    const streams = JSON.parse(data.streams)
    const names = Object.keys(streams)
    for (const name of names) {
      await writeFile(join(folder, name), `${JSON.stringify(streams[name], undefined, 4)}\n\n`)
    }
    const { stdout } = await run(['configmap', ...names.map((name) => `${name}=${name}`)], {
      cwd: folder,
    })
    const generated = (load(stdout) as ConfigMap).data
    expect(JSON.parse(generated.stream)).toEqual(JSON.parse(data.stream))
    expect(JSON.parse(generated.streams)).toEqual(streams)
    expect(generated.stream).toBe(JSON.stringify(JSON.parse(generated.stream), undefined, 2))
  })
})
