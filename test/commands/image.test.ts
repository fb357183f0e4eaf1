import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { streamForms } from '../support/forms.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const image = (...args: string[]) => run(['image', ...args], { cwd: folder })

const GEN2 = 'azureopenshift:aro4:418-v2:418.94.20241009'
const GEN1 = 'azureopenshift:aro4:aro_418:418.94.20241009'
const FORMS = streamForms()

beforeEach(async () => {
  folder = await temporaryFolder()
  for (const [name, text] of Object.entries(FORMS)) await writeFile(at(name), text)
  await writeFile(at('plain.json'), smallStream(EXAMPLE))
})

describe('image', () => {
  it.each(Object.keys(FORMS))('answers alike of %s', async (form) => {
    expect(await image(form)).toEqual({ status: 0, stdout: `${GEN2}\n`, stderr: '' })
    expect(await image(form, '--gen1')).toMatchObject({ status: 0, stdout: `${GEN1}\n` })
  })

  it('finds the ConfigMap among several documents', async () => {
    const { stdout } = await run(['configmap', at('stream-metadata.json')])
    const secret = 'kind: Secret\n---\n'
    await writeFile(at('all.yaml'), secret + stdout)
    expect(await image('all.yaml')).toEqual({ status: 0, stdout: `${GEN2}\n`, stderr: '' })
    await writeFile(at('all.yaml'), `${stdout}---\n${stdout}`)
    expect((await image('all.yaml')).stderr).toBe(
      'stream-snapshot: all.yaml: expected one document that is a ConfigMap, found 2: the 1., 2.\nPut the one that is meant into a file of its own.\n',
    )
    await writeFile(at('all.yaml'), 'kind: ConfigMap\ndata: &a {b: *a}\n')
    expect((await image('all.yaml')).stderr).toBe(
      'stream-snapshot: all.yaml: has aliases, which are not followed\nWrite them out.\n',
    )
  })

  it('answers with an id, and in JSON', async () => {
    const id = await image('marketplace.json', '-o', 'id', '--region', 'westeurope')
    expect(id.stdout).toBe(
      '/Providers/Microsoft.Compute/Locations/westeurope/Publishers/azureopenshift/ArtifactTypes/VMImage/Offers/aro4/Skus/418-v2/Versions/418.94.20241009\n',
    )
    const { stdout } = await image('enhancement.json', '-o', 'json')
    expect(JSON.parse(stdout)).toEqual({
      cloud: 'azure',
      plan: 'no-purchase-plan',
      architecture: 'x86_64',
      generation: 2,
      publisher: 'azureopenshift',
      offer: 'aro4',
      sku: '418-v2',
      version: '418.94.20241009',
      urn: GEN2,
    })
  })

  it('has a Gen1 image where the layout has one, and else says what there is', async () => {
    const there = await image('stream-metadata.json', '--generation', '1')
    expect(there).toEqual({ status: 0, stdout: `${GEN1}\n`, stderr: '' })
    const none = await image('enhancement.json', '--generation', '1')
    expect(none).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'stream-snapshot: azure no-purchase-plan x86_64 gen1: no such image\n' +
        'There is: azure x86_64 no-purchase-plan, azure x86_64 purchase-plan-north-america, azure x86_64 purchase-plan-emea. --gen1 derives it from the Gen2 image.\n',
    })
  })

  it.each([
    [['enhancement.json', '--plan', 'oke'], 'azure oke x86_64 gen2: no such image'],
    [['plain.json'], 'There is: no marketplace image.'],
    [['enhancement.json', '--arch', 'aarch64', '--gen1'], 'has no Gen1 image beside it'],
    [['enhancement.json', '--cloud', 'aws', '--region', 'us-east-1'], 'aws ocp x86_64 us-east-1'],
  ])('exits 1 for what is not there: %j', async (args, fault) => {
    const { status, stdout, stderr } = await image(...args)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(fault)
  })

  it('says which file is missing or is no stream, and which value is wrong', async () => {
    expect(await image('nope.json')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: nope.json: no such file\n',
    })
    await writeFile(at('other.json'), '{ "a": 1 }')
    expect(await image('other.json')).toMatchObject({ status: 2 })
    for (const wrong of [
      ['--generation', '3'],
      ['--arch', 'vax'],
      ['--cloud', 'moon'],
      ['--gen1', '--generation', '2'],
      ['-o', 'yaml'],
    ]) {
      const { status, stdout, stderr } = await image('enhancement.json', ...wrong)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(/^stream-snapshot: .*(generation|arch|cloud|output)/)
    }
  })
})
