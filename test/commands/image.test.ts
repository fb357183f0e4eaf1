import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Job, MarketplaceFile, readStream, regenerate } from '../../src/index.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotOf } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const image = (...args: string[]) => run(['image', ...args], { cwd: folder })

const GEN2 = 'azureopenshift:aro4:418-v2:418.94.20241009'
const GEN1 = 'azureopenshift:aro4:aro_418:418.94.20241009'

const FORMS = ['enhancement.json', 'stream-metadata.json', 'marketplace.json'] as const

/** The three forms, each made of one snapshot. */
function forms(): Record<(typeof FORMS)[number], string> {
  const snapshot = snapshotOf([
    azureImage('418-v2', '418.94.20241009'),
    azureImage('aro_418', '418.94.20241009'),
    azureImage('418-arm', '418.94.20241009'),
    azureImage('rh-ocp-worker', '4.18.2024100419'),
    azureImage('rh-ocp-worker', '4.18.2024100419', {
      plan: 'ocp-emea',
      publisher: 'redhat-limited',
    }),
  ])
  const make = (job: Partial<Job>) =>
    regenerate({
      snapshot,
      target: readStream(smallStream(EXAMPLE), 'rhcos.json'),
      layouts: [],
      requirement: 'any',
      allowRegression: false,
      ...job,
    })
  const marketplaceFile = MarketplaceFile.read(undefined, 'marketplace.json')
  return {
    'enhancement.json': make({ layouts: ['enhancement'] }).stream.print(),
    'stream-metadata.json': make({ layouts: ['stream-metadata'] }).stream.print(),
    'marketplace.json': make({ marketplaceFile }).marketplaceFile?.print() ?? '',
  }
}

beforeEach(async () => {
  folder = await temporaryFolder()
  for (const [name, text] of Object.entries(forms())) await writeFile(at(name), text)
  await writeFile(at('plain.json'), smallStream(EXAMPLE))
})

describe('image', () => {
  it.each([
    [[], GEN2],
    [['--arch', 'aarch64'], 'azureopenshift:aro4:418-arm:418.94.20241009'],
    [['--plan', 'ocp'], 'redhat:rh-ocp-worker:rh-ocp-worker:4.18.2024100419'],
    [
      ['--plan', 'purchase-plan-emea'],
      'redhat-limited:rh-ocp-worker:rh-ocp-worker:4.18.2024100419',
    ],
    [['--gen1'], GEN1],
    [['--plan', 'ocp', '--gen1'], 'redhat:rh-ocp-worker:rh-ocp-worker-gen1:4.18.2024100419'],
    [
      ['-o', 'id', '--region', 'westeurope'],
      '/Providers/Microsoft.Compute/Locations/westeurope/Publishers/azureopenshift/ArtifactTypes/VMImage/Offers/aro4/Skus/418-v2/Versions/418.94.20241009',
    ],
  ])('answers %j alike in each of the three forms', async (args, expected) => {
    const answers = await Promise.all(FORMS.map((form) => image(form, ...args)))
    for (const answer of answers) {
      expect(answer).toEqual({ status: 0, stdout: `${expected}\n`, stderr: '' })
    }
  })

  it('answers in JSON', async () => {
    const answers = await Promise.all(FORMS.map((form) => image(form, '-o', 'json')))
    for (const { stdout } of answers) {
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
    }
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
        'There is: azure x86_64 no-purchase-plan, azure x86_64 purchase-plan-north-america, azure x86_64 purchase-plan-emea.\n',
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

  it('reads AWS and GCP images of either layout', async () => {
    const stream = JSON.parse(smallStream({ x86_64: EXAMPLE.x86_64 }))
    const aws = { ocp: { regions: { 'us-east-1': { release: EXAMPLE.x86_64, image: 'ami-1' } } } }
    const gcp = { ocp: { release: EXAMPLE.x86_64, project: 'p', name: 'n' } }
    for (const extensions of [
      { 'aws-marketplace': aws, 'gcp-marketplace': gcp },
      { marketplace: { aws, gcp } },
    ]) {
      stream.architectures.x86_64['rhel-coreos-extensions'] = extensions
      await writeFile(at('clouds.json'), JSON.stringify(stream))
      const ami = await image('clouds.json', '--cloud', 'aws', '--region', 'us-east-1')
      expect(ami.stdout).toBe('ami-1\n')
      const name = await image('clouds.json', '--cloud', 'gcp', '-o', 'id')
      expect(name.stdout).toBe('projects/p/global/images/n\n')
      const elsewhere = await image('clouds.json', '--cloud', 'aws', '--region', 'eu-west-1')
      expect(elsewhere).toMatchObject({ status: 1 })
      expect(elsewhere.stderr).toContain('There is: aws x86_64 ocp regions us-east-1.')
    }
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
