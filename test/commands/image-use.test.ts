import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse as parseHcl } from '@cdktf/hcl2json'
import { load } from 'js-yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STREAM = join(ROOT, 'demo/rhcos.json')

let folder: string
const at = (name: string) => join(folder, name)
const image = (...args: string[]) => run(['image', STREAM, ...args], { cwd: folder })

beforeEach(async () => {
  folder = await temporaryFolder()
})

/** What the demonstration's stream names, written down by hand. */
const FREE = { publisher: 'azureopenshift', offer: 'aro4', version: '418.94.202410090804' }
const OCP = {
  publisher: 'redhat',
  offer: 'rh-ocp-worker',
  sku: 'rh-ocp-worker',
  version: '4.18.2025112710',
}
const EMEA = { ...OCP, publisher: 'redhat-limited', version: '4.18.2026012111' }
const GCP = 'redhat-coreos-ocp-413-x86-64-202305021736'

const AZURE: readonly (readonly [string[], Readonly<Record<string, string>>, isPaid: boolean])[] = [
  [[], { ...FREE, sku: '418-v2' }, false],
  [['--gen1'], { ...FREE, sku: 'aro_418' }, false],
  [['--arch', 'arm64'], { ...FREE, sku: '418-arm' }, false],
  [['--arch', 'aarch64'], { ...FREE, sku: '418-arm' }, false],
  [['--plan', 'ocp', '--arch', 'amd64'], OCP, true],
  [['--plan', 'purchase-plan-north-america'], OCP, true],
  [['--plan', 'ocp', '--gen1'], { ...OCP, sku: 'rh-ocp-worker-gen1' }, true],
  [['--plan', 'ocp-emea'], EMEA, true],
]

describe.each(AZURE)('an image of Azure %j', (args, entry, isPaid) => {
  const { publisher, offer, sku, version } = entry
  const urn = [publisher, offer, sku, version].join(':')
  const told = isPaid
    ? `${args.includes('ocp-emea') ? 'ocp-emea' : 'ocp'} is a purchase plan, whose terms are accepted first: az vm image terms accept --urn ${urn}\n`
    : ''

  it('is written as an install-config has it', async () => {
    const { status, stdout, stderr } = await image(...args, '-o', 'install-config')
    expect({ status, stderr }).toEqual({ status: 0, stderr: told })
    const osImage = { plan: isPaid ? 'WithPurchasePlan' : 'NoPurchasePlan', ...entry }
    expect(load(stdout)).toEqual({ platform: { azure: { defaultMachinePlatform: { osImage } } } })
    const compute = await image(...args, '-o', 'install-config', '--pool', 'compute')
    expect(load(compute.stdout)).toEqual({ compute: [{ platform: { azure: { osImage } } }] })
  })

  it('is written as a MachineSet has it', async () => {
    const { stdout } = await image(...args, '-o', 'machineset')
    const type = isPaid ? 'MarketplaceWithPlan' : 'MarketplaceNoPlan'
    const value = { image: { ...entry, resourceID: '', type } }
    expect(load(stdout)).toEqual({ spec: { template: { spec: { providerSpec: { value } } } } })
  })

  it('is written as Terraform, Bicep and az have it', async () => {
    const plan = { name: sku, product: offer, publisher }
    const terraform = await image(...args, '-o', 'terraform')
    expect(await parseHcl('main.tf', terraform.stdout)).toEqual({
      source_image_reference: [entry],
      ...(isPaid && { plan: [plan] }),
    })
    const bicep = await image(...args, '-o', 'bicep')
    expect(readBicep(bicep.stdout)).toEqual({ imageReference: entry, ...(isPaid && { plan }) })
    const az = await image(...args, '-o', 'az')
    const terms = isPaid ? `az vm image terms accept --urn ${urn}\n` : ''
    expect(az.stdout).toBe(`${terms}az vm create --image ${urn}\n`)
  })
})

/** Objects of texts, as Bicep writes them: a name and a colon, texts in single quotes. */
function readBicep(text: string): Record<string, Record<string, string>> {
  const objects = [...text.matchAll(/^(\w+): \{\n((?: {2}\w+: '[^'\n]*'\n)*)\}\n/gm)]
  expect(objects.map(([whole]) => whole).join('')).toBe(text)
  return Object.fromEntries(
    objects.map(([, name = '', body = '']) => [
      name,
      Object.fromEntries(
        [...body.matchAll(/(\w+): '([^']*)'/g)].map(([, key, value]) => [key, value]),
      ),
    ]),
  )
}

describe('an image of another cloud', () => {
  it.each([
    [
      ['--cloud', 'aws', '--region', 'us-east-1'],
      'install-config',
      {
        platform: { aws: { defaultMachinePlatform: { amiID: 'ami-10a52886a7d9a2fbd' } } },
      },
    ],
    [
      ['--cloud', 'gcp'],
      'install-config',
      {
        platform: {
          gcp: {
            defaultMachinePlatform: {
              osImage: { project: 'redhat-marketplace-public', name: GCP },
            },
          },
        },
      },
    ],
    [
      ['--cloud', 'aws', '--region', 'us-east-1'],
      'machineset',
      {
        spec: {
          template: { spec: { providerSpec: { value: { ami: { id: 'ami-10a52886a7d9a2fbd' } } } } },
        },
      },
    ],
    [
      ['--cloud', 'gcp'],
      'machineset',
      {
        spec: {
          template: {
            spec: {
              providerSpec: {
                value: {
                  disks: [
                    {
                      boot: true,
                      image: `projects/redhat-marketplace-public/global/images/${GCP}`,
                    },
                  ],
                },
              },
            },
          },
        },
      },
    ],
  ])('%j -o %s', async (args, format, expected) => {
    const { status, stdout, stderr } = await image(...args, '-o', format)
    expect(status).toBe(0)
    expect(load(stdout)).toEqual(expected)
    expect(stderr).toMatch(/^ocp is a purchase plan, whose terms are accepted first: .*Marketplace/)
  })

  it('is Terraform in a line, and nothing to Bicep and az', async () => {
    const aws = ['--cloud', 'aws', '--region', 'us-east-1']
    expect((await image(...aws, '-o', 'terraform')).stdout).toBe('ami = "ami-10a52886a7d9a2fbd"\n')
    for (const tool of ['bicep', 'az']) {
      expect(await image(...aws, '-o', tool)).toMatchObject({
        status: 2,
        stdout: '',
        stderr: `stream-snapshot: --output ${tool}: knows nothing of AWS\n`,
      })
    }
  })
})

it('names the choices where one is missing', async () => {
  expect((await image('--cloud', 'aws')).stderr).toBe(
    'stream-snapshot: aws ocp x86_64: no image without a region\n' +
      'Name one with --region: ap-southeast-2, eu-central-1, sa-east-1, us-east-1.\n',
  )
  expect((await image('--plan', 'opp')).stderr).toBe(
    'stream-snapshot: azure opp x86_64 gen2: no such image\n' +
      'There is: azure x86_64 no-purchase-plan, azure x86_64 purchase-plan-north-america, azure x86_64 purchase-plan-emea.\n',
  )
  expect((await image('--arch', 'riscv')).stderr).toBe(
    'stream-snapshot: --arch: expected one of aarch64, ppc64le, s390x, x86_64, found "riscv"\n' +
      'stream-snapshot image --help shows what it takes.\n',
  )
})

it('reads a stream as it was at a revision', async () => {
  const stream = JSON.parse(smallStream(EXAMPLE))
  const plan = (version: string) => ({
    'azure-marketplace': { 'no-purchase-plan': { ...FREE, sku: '418-v2', version } },
  })
  for (const version of ['418.94.20240916', '418.94.20241009']) {
    stream.architectures.x86_64['rhel-coreos-extensions'] = plan(version)
    await writeFile(at('rhcos.json'), JSON.stringify(stream))
    await commitAll(folder, version)
  }
  const of = (...args: string[]) => run(['image', 'rhcos.json', ...args], { cwd: folder })
  expect((await of()).stdout).toBe('azureopenshift:aro4:418-v2:418.94.20241009\n')
  expect((await of('--at', 'HEAD~1')).stdout).toBe('azureopenshift:aro4:418-v2:418.94.20240916\n')
  expect((await of('--at', 'nope')).stderr).toBe(
    'stream-snapshot: nope:rhcos.json: git knows no revision nope\n',
  )
})

const INSTALL_CONFIG = `# For the cluster of the east.
apiVersion: v1
baseDomain: example.com  # ours
metadata: {name: east}
compute:
- name: worker
  platform: &pool
    azure:
      type: Standard_D4s_v3   # cheap
  replicas: 3
controlPlane:
  name: master
  platform:
    azure:
      osImage:
        plan: WithPurchasePlan
        publisher: redhat
        offer: rh-ocp-worker
        sku: "rh-ocp-worker"  # the paid one
        version: 4.17.2024100419
  replicas: 3
platform:
  azure:
    region: eastus

    # nothing below
pullSecret: '{}'
`

const MACHINE_SET = `apiVersion: machine.openshift.io/v1beta1
kind: MachineSet
metadata:
  name: east-worker
spec:
  template:
    spec:
      providerSpec:
        value:
          image:
            offer: ""
            publisher: ""
            resourceID: ""
            sku: ""
            version: ""
          vmSize: Standard_D4s_v3
`

describe('--merge', () => {
  const merged = async (name: string, text: string, ...args: string[]) => {
    await writeFile(at(name), text)
    return image('--merge', name, ...args)
  }

  it.each(['\n', '\r\n'])('changes the lines that it names, and no other (%j)', async (end) => {
    const text = INSTALL_CONFIG.replaceAll('\n', end)
    const { status, stdout, stderr } = await merged('i.yaml', text, '--pool', 'controlPlane')
    expect(status).toBe(0)
    expect(stdout).toBe(
      text
        .replace('plan: WithPurchasePlan', 'plan: NoPurchasePlan')
        .replace('publisher: redhat', 'publisher: azureopenshift')
        .replace('offer: rh-ocp-worker', 'offer: aro4')
        .replace('sku: "rh-ocp-worker"  #', 'sku: 418-v2  #')
        .replace('version: 4.17.2024100419', 'version: 418.94.202410090804'),
    )
    expect(stderr).toBe(
      [
        'i.yaml: .controlPlane.platform.azure.osImage.plan: WithPurchasePlan -> NoPurchasePlan',
        'i.yaml: .controlPlane.platform.azure.osImage.publisher: redhat -> azureopenshift',
        'i.yaml: .controlPlane.platform.azure.osImage.offer: rh-ocp-worker -> aro4',
        'i.yaml: .controlPlane.platform.azure.osImage.sku: rh-ocp-worker -> 418-v2',
        'i.yaml: .controlPlane.platform.azure.osImage.version: 4.17.2024100419 -> 418.94.202410090804',
        '',
      ].join('\n'),
    )
    expect(await readFile(at('i.yaml'), 'utf8')).toBe(text)
  })

  it.each(['\n', '\r\n'])('puts in what is not there behind its neighbours (%j)', async (end) => {
    const text = INSTALL_CONFIG.replaceAll('\n', end)
    const { stdout } = await merged('i.yaml', text)
    const added = [
      '    defaultMachinePlatform:',
      '      osImage:',
      '        plan: NoPurchasePlan',
      '        publisher: azureopenshift',
      '        offer: aro4',
      '        sku: 418-v2',
      '        version: 418.94.202410090804',
    ]
    const line = `    region: eastus${end}`
    expect(stdout).toBe(text.replace(line, line + added.map((each) => each + end).join('')))
    const compute = await merged('i.yaml', text, '--pool', 'compute')
    const type = `      type: Standard_D4s_v3   # cheap${end}`
    const osImage = added.slice(1).map((each) => each + end)
    expect(compute.stdout).toBe(text.replace(type, type + osImage.join('')))
  })

  it('fills an empty platform, and does nothing twice', async () => {
    const text = 'apiVersion: v1\nplatform:\n  azure: {}\n'
    await writeFile(at('i.yaml'), text)
    const first = await image('--merge', 'i.yaml', '--in-place')
    expect(first).toMatchObject({ status: 0, stdout: '' })
    const written = await readFile(at('i.yaml'), 'utf8')
    expect(load(written)).toMatchObject({
      platform: { azure: { defaultMachinePlatform: { osImage: { sku: '418-v2' } } } },
    })
    expect(await image('--merge', 'i.yaml', '--in-place')).toEqual({
      status: 0,
      stdout: '',
      stderr: 'i.yaml: has this image already\n',
    })
    expect(await readFile(at('i.yaml'), 'utf8')).toBe(written)
  })

  it('is for a MachineSet too', async () => {
    const { stdout, stderr } = await merged('m.yaml', MACHINE_SET, '--plan', 'ocp')
    expect(stdout).toBe(
      MACHINE_SET.replace('offer: ""', 'offer: rh-ocp-worker')
        .replace('publisher: ""', 'publisher: redhat')
        .replace('sku: ""', 'sku: rh-ocp-worker')
        .replace(
          'version: ""\n',
          'version: 4.18.2025112710\n            type: MarketplaceWithPlan\n',
        ),
    )
    expect(stderr).toContain(
      'm.yaml: .spec.template.spec.providerSpec.value.image.type: MarketplaceWithPlan\n',
    )
  })

  it.each([
    ['platform: {aws: {region: us-east-1}}\n', 1, 'x.yaml: is for aws, and the image is of Azure'],
    ['a: b\n', 2, 'x.yaml: expected an install-config or a MachineSet'],
    ['kind: Secret\nplatform: {}\n', 2, 'x.yaml: expected an install-config or a MachineSet'],
    [
      MACHINE_SET.replace('resourceID: ""', 'resourceID: /images/mine'),
      1,
      'x.yaml: an image of another kind stands there, by .image.resourceID: /images/mine',
    ],
    [
      'one: &one {osImage: {}}\nplatform:\n  azure:\n    defaultMachinePlatform: *one\n',
      2,
      'x.yaml: .platform.azure.defaultMachinePlatform: an alias, so that a change would be of more than this',
    ],
    [
      'platform:\n  azure: {region: eastus}\n',
      2,
      'x.yaml: .platform.azure: expected names, each on a line of its own',
    ],
    ['platform: [\n', 2, 'x.yaml: '],
  ])('refuses %j', async (text, code, said) => {
    const { status, stdout, stderr } = await merged('x.yaml', text)
    expect({ status, stdout }).toEqual({ status: code, stdout: '' })
    expect(stderr.split('\n')[0]).toContain(`stream-snapshot: ${said}`)
  })
})

describe('docs/using-images.md', () => {
  it('shows what is printed', async () => {
    const page = await readFile(join(ROOT, 'docs/using-images.md'), 'utf8')
    const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, body = '']) => body)
    const sessions = blocks
      .flatMap((body) => body.split(/^\$ /m).slice(1))
      .filter((each) => each.startsWith('stream-snapshot image demo/') && !each.includes('--merge'))
    expect(sessions.length).toBeGreaterThan(4)
    for (const session of sessions) {
      const [line = '', ...output] = session.split('\n')
      const { stdout } = await run(line.split(' ').slice(1), { cwd: ROOT })
      expect(stdout, line).toBe(output.join('\n'))
    }
  })
})
