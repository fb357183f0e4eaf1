import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'

const STREAM = fileURLToPath(new URL('../../demo/rhcos.json', import.meta.url))

let folder: string
const at = (name: string) => join(folder, name)
const image = (...args: string[]) => run(['image', STREAM, ...args], { cwd: folder })

beforeEach(async () => {
  folder = await temporaryFolder()
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

  it('fills what stands there empty, and keeps what is said of it', async () => {
    const osImage = (indent: string) =>
      [
        'osImage:',
        '  plan: NoPurchasePlan',
        '  publisher: azureopenshift',
        '  offer: aro4',
        '  sku: 418-v2',
        '  version: 418.94.202410090804',
      ]
        .map((line) => `${indent}${line}\n`)
        .join('')
    const pool = ['--pool', 'controlPlane']
    const cases: [string, string, ...string[]][] = [
      ['  azure:   # all\n', `  azure:   # all\n    defaultMachinePlatform:\n${osImage('      ')}`],
      [
        '  azure:\n    defaultMachinePlatform:\n    region: x\n',
        `  azure:\n    defaultMachinePlatform:\n${osImage('      ')}    region: x\n`,
      ],
      [
        '  azure:\n    defaultMachinePlatform: {osImage: {}}\n',
        'x.yaml: .platform.azure.defaultMachinePlatform: expected names, each on a line of its own',
      ],
      [
        '  azure: {}\ncontrolPlane:\n  platform: {}  # none\n',
        `  azure: {}\ncontrolPlane:\n  platform:  # none\n    azure:\n${osImage('      ')}`,
        ...pool,
      ],
      [
        '  azure: {}\ncontrolPlane:\n  platform: ~\n  name: a\n',
        `  azure: {}\ncontrolPlane:\n  platform:\n    azure:\n${osImage('      ')}  name: a\n`,
        ...pool,
      ],
      [
        `  azure:\n    defaultMachinePlatform:\n${osImage('      ').replace(' 418-v2', '   # sku').replace(' aro4', ' |-\n          folded')}`,
        `  azure:\n    defaultMachinePlatform:\n${osImage('      ').replace('418-v2', '418-v2   # sku')}`,
      ],
    ]
    for (const [before, after, ...args] of cases) {
      const { stdout, stderr } = await merged('x.yaml', `platform:\n${before}`, ...args)
      if (after.startsWith('x.yaml'))
        expect(stderr.split('\n')[0]).toBe(`stream-snapshot: ${after}`)
      else expect(stdout).toBe(`platform:\n${after}`)
    }
  })

  it('is for one compute pool by its name', async () => {
    const pools = 'compute:\n- name: worker\n- name: edge\n'
    const text = `platform:\n  azure: {}\n${pools}`
    const { stdout } = await merged('x.yaml', text, '--pool', 'edge')
    expect(load(stdout)).toMatchObject({
      compute: [
        { name: 'worker' },
        { name: 'edge', platform: { azure: { osImage: { sku: '418-v2' } } } },
      ],
    })
    expect(stdout.startsWith(text)).toBe(true)
    expect(await merged('x.yaml', text, '--pool', 'compute')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'stream-snapshot: x.yaml: has several compute pools: worker, edge\nName the one that is meant with --pool.\n',
    })
    const one = text.replace('- name: edge\n', '')
    expect((await merged('x.yaml', one, '--pool', 'edge')).stderr).toBe(
      'stream-snapshot: x.yaml: has no compute pool edge\nThere is: worker.\n',
    )
    expect(load((await merged('x.yaml', one, '--pool', 'compute')).stdout)).toMatchObject({
      compute: [{ name: 'worker', platform: { azure: { osImage: { sku: '418-v2' } } } }],
    })
  })

  it('finds the one document of several', async () => {
    const secret = 'kind: Secret\nplatform: {}\n'
    const text = `${secret}---\n${MACHINE_SET}---\n${secret}`
    const { stdout } = await merged('x.yaml', text)
    const single = await merged('x.yaml', MACHINE_SET)
    expect(stdout).toBe(`${secret}---\n${single.stdout}---\n${secret}`)
    expect(await merged('x.yaml', `${text}---\n${MACHINE_SET}`)).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'stream-snapshot: x.yaml: expected one document that is an install-config or a MachineSet, found 2: the 2., 4.\nPut the one that is meant into a file of its own.\n',
    })
    expect((await merged('x.yaml', `${secret}---\n${secret}`)).stderr).toBe(
      'stream-snapshot: x.yaml: expected an install-config or a MachineSet\n',
    )
  })

  it.each([
    ['aws', 'AWSMachineProviderConfig', 'AWS', 'ami:\n            id: ami-1\n'],
    ['azure', 'AzureMachineProviderSpec', 'Azure', 'image: {}\n'],
    ['gcp', 'GCPMachineProviderSpec', 'Google Cloud', 'disks:\n          - boot: true\n'],
  ])('is for a MachineSet of %s alone', async (cloud, kind, title, body) => {
    const text = MACHINE_SET.replace(
      /value:\n[\s\S]*/,
      `value:\n          kind: ${kind}\n          ${body}`,
    )
    const kinds = ['AWSMachineProviderConfig', 'AzureMachineProviderSpec', 'GCPMachineProviderSpec']
    const region = cloud === 'aws' ? ['--region', 'us-east-1'] : []
    for (const other of kinds) {
      const { status, stdout, stderr } = await merged(
        'm.yaml',
        text.replace(kind, other),
        ...['--cloud', cloud, ...region],
      )
      if (other === kind) expect(status).toBe(0)
      else {
        expect({ status, stdout, stderr }).toEqual({
          status: 1,
          stdout: '',
          stderr: `stream-snapshot: m.yaml: is for ${other}, and the image is of ${title}, which is ${kind}\n`,
        })
      }
    }
  })

  it('refuses an AMI beside one that is named in another way', async () => {
    const text = 'platform:\n  aws:\n    amiID: ami-1\ncompute:\n- name: worker\n'
    const aws = ['--cloud', 'aws', '--region', 'us-east-1']
    expect(await merged('x.yaml', text, ...aws)).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'stream-snapshot: x.yaml: an image of another kind stands there, by .platform.aws.amiID: ami-1\nTake that out, and run again, if an image of the marketplace is meant.\n',
    })
    expect((await merged('x.yaml', text, ...aws, '--pool', 'worker')).status).toBe(0)
    const set = MACHINE_SET.replace(
      /image:\n[\s\S]*/,
      'ami:\n            filters:\n            - name: a\n',
    )
    expect((await merged('x.yaml', set, ...aws)).stderr).toContain(
      'x.yaml: an image of another kind stands there, by .spec.template.spec.providerSpec.value.ami.filters\n',
    )
  })

  const AZURE = 'platform:\n  azure: {}\n'
  it.each([
    [
      `${AZURE}controlPlane:\n  platform: &pool\n    azure: {}\ncompute:\n- platform: *pool\n`,
      '.controlPlane.platform: has an anchor that is used again, so that a change would be of more than this',
    ],
    [
      `${AZURE}controlPlane: &all\n  platform: {}\nextra: *all\n`,
      '.controlPlane: has an anchor that is used again, so that a change would be of more than this',
    ],
    [
      `${AZURE}controlPlane:\n  platform:\n    azure:\n      osImage:\n        publisher: &pub redhat\nextra: *pub\n`,
      '.controlPlane.platform.azure.osImage.publisher: has an anchor that is used again, so that a change would be of more than this',
    ],
    [
      `base: &base\n  azure: {}\n${AZURE}controlPlane:\n  platform:\n    <<: *base\n`,
      '.controlPlane.platform: takes members from elsewhere by <<, which .azure would hide',
    ],
    [
      `base: &base\n  platform: {}\n${AZURE}controlPlane:\n  <<: *base\n`,
      '.controlPlane: takes members from elsewhere by <<, which .platform would hide',
    ],
    [
      `word: &word azure\n${AZURE}controlPlane:\n  platform:\n    *word : {}\n`,
      '.controlPlane.platform: takes members from elsewhere by <<, which .azure would hide',
    ],
    [`${AZURE}extra: *none\n`, '*none: has no anchor'],
    ['platform: {}\n', ".platform: expected a cloud's name, such as azure"],
    ['platform:\n', ".platform: expected a cloud's name, such as azure"],
  ])('refuses what would change more than it names: %j', async (text, said) => {
    const { status, stdout, stderr } = await merged('x.yaml', text, '--pool', 'controlPlane')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`stream-snapshot: x.yaml: ${said}`)
  })

  it('passes by anchors that nothing uses, and a << that hides nothing', async () => {
    const text = `base: &base\n  replicas: 3\n${AZURE}controlPlane:\n  <<: *base\n  platform: &pool\n    azure:\n      type: &pool x\nextra: *pool\n`
    const { status, stdout } = await merged('x.yaml', text, '--pool', 'controlPlane')
    expect(status).toBe(0)
    expect(stdout.replace(/ {6}osImage:\n( {8}.*\n){5}/, '')).toBe(text)
  })

  it('reads stdin for -', async () => {
    await writeFile(at('install-config.yaml'), INSTALL_CONFIG)
    const { status, stdout } = await run(['image', STREAM, '--merge', '-'], {
      cwd: folder,
      stdin: INSTALL_CONFIG,
    })
    expect(status).toBe(0)
    expect(stdout).toBe((await image('--merge', 'install-config.yaml')).stdout)
  })

  it.each([
    ['platform: {aws: {region: us-east-1}}\n', 1, 'x.yaml: is for aws, and the image is of Azure'],
    ['a: b\n', 2, 'x.yaml: expected an install-config or a MachineSet'],
    ['kind: Secret\nplatform: {}\n', 2, 'x.yaml: expected an install-config or a MachineSet'],
    [
      MACHINE_SET.replace('resourceID: ""', 'resourceID: /images/mine'),
      1,
      'x.yaml: an image of another kind stands there, by .spec.template.spec.providerSpec.value.image.resourceID: /images/mine',
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
