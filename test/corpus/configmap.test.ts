import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../src/index.ts'
import { run, temporaryFolder } from '../support/cli.ts'

const FILE = resolve(process.env.CORPUS_DIR ?? '../shared/corpus', 'configmap/bootimages-5.0.yaml')
const QUESTION = ['--cloud', 'azure', '--plan', 'no-purchase-plan', '--arch', 'x86_64', '-o', 'urn']

let data: ConfigMap['data']
beforeAll(() => {
  data = (load(readFileSync(FILE, 'utf8')) as ConfigMap).data
})

/** What the manifest itself names there. */
function urnIn(text: string): string {
  const { publisher, offer, sku, version } =
    JSON.parse(text).architectures.x86_64['rhel-coreos-extensions'].marketplace.azure[
      'no-purchase-plan'
    ].hyperVGen2
  return `${[publisher, offer, sku, version].join(':')}\n`
}

describe('the ConfigMap of a cluster', () => {
  it('answers for a stream by its name, and says where that names no image', async () => {
    const ask = (name: string) => run(['image', FILE, '--stream-name', name, ...QUESTION])
    const nine = JSON.stringify(JSON.parse(data.streams)['rhel-9'])
    expect(await ask('rhel-9')).toEqual({ status: 0, stdout: urnIn(nine), stderr: '' })
    expect(await run(['image', FILE, ...QUESTION])).toMatchObject({ stdout: urnIn(data.stream) })
    // This one has `"no-purchase-plan": {}` for RHEL 10.
    expect(await ask('rhel-10')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'stream-snapshot: azure no-purchase-plan x86_64 gen2: no such image\nThere is: no marketplace image.\n',
    })
  })

  it('answers through a pipe, and as JSON', async () => {
    const folder = await temporaryFolder()
    const json = join(folder, 'cm.json')
    await writeFile(json, JSON.stringify(load(readFileSync(FILE, 'utf8'))))
    for (const file of [FILE, json]) {
      const wrapper = ['sh', '-c', `cat ${file} | "$0" "$@"`]
      const outcome = await run(['image', '-', '--stream-name', 'rhel-9', ...QUESTION], { wrapper })
      expect(outcome).toMatchObject({ status: 0, stdout: urnIn(data.stream) })
    }
  })

  it('says which streams it has', async () => {
    const { status, stderr } = await run(['image', FILE, '--stream-name', 'rhel-11', ...QUESTION])
    expect(status).toBe(1)
    expect(stderr).toBe(`stream-snapshot: ${FILE}: no stream rhel-11\nThere is: rhel-10, rhel-9.\n`)
  })

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
