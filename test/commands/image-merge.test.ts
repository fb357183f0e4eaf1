import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load, loadAll } from 'js-yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/cli.ts'
import { amiForms, azureForms, gcpForms, runImage } from '../support/image-formats.ts'

const STREAM = fileURLToPath(new URL('../../demo/rhcos.json', import.meta.url))
const X86 = azureForms('azureopenshift:aro4:418-v2:418.94.202410090804')
const ARM = azureForms('azureopenshift:aro4:418-arm:418.94.202410090804')
const PAID = azureForms('redhat:rh-ocp-worker:rh-ocp-worker:4.18.2025112710')
const AMI = 'ami-10a52886a7d9a2fbd'
const ARM_AMI = 'ami-311532b8f37baa8e6'
const GCP = gcpForms('redhat-coreos-ocp-413-x86-64-202305021736')

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})

async function merge(text: string, ...words: string[]) {
  await writeFile(join(folder, 'x.yaml'), text)
  return runImage(folder, [STREAM, '--merge', 'x.yaml', ...words])
}

async function merged(text: string, ...words: string[]): Promise<unknown> {
  const { status, stdout, stderr } = await merge(text, ...words)
  expect(status, stderr).toBe(0)
  return load(stdout)
}

/** `message` is the cause, and a second line if the remedy is not the default. */
function refusal(message: string) {
  const [cause, remedy = 'Correct the file, or use another file.'] = message.split('\n')
  return { status: 2, stdout: '', stderr: `stream-snapshot: x.yaml: ${cause}\n${remedy}\n` }
}

/** `control` and `compute` are the indented members of each pool. */
const installConfig = (control: string, compute: string, cloud = 'azure', region = 'eastus') =>
  `controlPlane:
  name: master
${control}compute:
- name: worker
${compute}platform:
  ${cloud}:
    region: ${region}
`
const arch = (name: string) => `  architecture: ${name}\n`

const spec = (members: string) => `    spec:
      providerSpec:
        value:
${members.replace(/^(?=.)/gm, '          ')}`
const AZURE_SPEC = 'kind: AzureMachineProviderSpec\nimage: {}\nlocation: eastus\n'
const machineSet = (members: string, annotations = '') => `apiVersion: machine.openshift.io/v1beta1
kind: MachineSet
metadata:
  name: worker
${annotations}spec:
  template:
${spec(members)}`
const controlPlane = (members: string) => `apiVersion: machine.openshift.io/v1
kind: ControlPlaneMachineSet
spec:
  template:
    machines_v1beta1_machine_openshift_io:
${spec(members).replace(/^(?=.)/gm, '  ')}`
const machines = (providerSpec: object) => ({
  spec: { template: { spec: { providerSpec: { value: providerSpec } } } },
})

describe('image --merge with an install-config', () => {
  interface PoolForms {
    readonly installConfig: object
  }
  const pool = (forms: PoolForms, cloud = 'azure') => ({
    platform: { [cloud]: forms.installConfig },
  })

  /** The images for the default machine platform and for each pool. */
  interface ExpectedImages {
    readonly whole?: PoolForms
    readonly control?: PoolForms
    readonly compute?: PoolForms
  }
  it.each<[string, string, string, string[], ExpectedImages]>([
    ['both pools', arch('arm64'), arch('arm64'), [], { whole: ARM }],
    [
      'one pool, and amd64 in the other pool',
      '',
      arch('arm64'),
      [],
      { control: X86, compute: ARM },
    ],
    ['the control plane only', arch('arm64'), '', [], { control: ARM, compute: X86 }],
    ['one pool, with --arch', '', arch('arm64'), ['--arch', 'arm64'], { whole: ARM }],
    ['neither pool', '', '', [], { whole: X86 }],
    ['neither pool, with --arch', '', '', ['--arch', 'arm64'], { whole: ARM }],
    ['each pool', arch('amd64'), arch('arm64'), [], { control: X86, compute: ARM }],
    ['the pool of --pool', arch('amd64'), arch('arm64'), ['--pool', 'compute'], { compute: ARM }],
    [
      'the machine type',
      '',
      '  platform:\n    azure:\n      type: Standard_D4ps_v5\n',
      ['--pool', 'worker'],
      { compute: { installConfig: { type: 'Standard_D4ps_v5', ...ARM.installConfig } } },
    ],
    [
      'a pool, with a paid plan',
      arch('amd64'),
      arch('amd64'),
      ['--plan', 'ocp'],
      { compute: PAID },
    ],
    [
      'a pool, with a paid plan and --pool',
      arch('amd64'),
      arch('amd64'),
      ['--plan', 'ocp', '--pool', 'controlPlane'],
      { control: PAID },
    ],
  ])(
    'writes the image for the architecture of %s',
    async (_, controlPool, computePool, words, { whole, control, compute }) => {
      const before = installConfig(controlPool, computePool)
      const expected = load(before) as Record<string, Record<string, Record<string, object>>>
      if (whole) {
        const defaultMachinePlatform = whole.installConfig
        Object.assign(expected.platform?.azure ?? {}, { defaultMachinePlatform })
      }
      if (control) Object.assign(expected.controlPlane ?? {}, pool(control))
      if (compute) Object.assign(expected.compute?.[0] ?? {}, pool(compute))
      expect(await merged(before, ...words)).toEqual(expected)
    },
  )

  it('adds a missing pool when the pools have different architectures', async () => {
    const platform = 'platform:\n  azure:\n    region: eastus\n'
    const [worker, master] = [
      `compute:\n- name: worker\n${arch('arm64')}`,
      'controlPlane:\n  name: master\n',
    ]
    expect(await merged(`${worker}${platform}`)).toEqual({
      compute: [{ name: 'worker', architecture: 'arm64', ...pool(ARM) }],
      platform: { azure: { region: 'eastus' } },
      controlPlane: { name: 'master', ...pool(X86) },
    })
    expect(await merged(`${master}${arch('arm64')}${platform}`)).toMatchObject({
      controlPlane: pool(ARM),
      compute: [{ name: 'worker', ...pool(X86) }],
    })
    const type = '    defaultMachinePlatform:\n      type: Standard_D4ps_v5\n'
    expect(await merged(`${platform}${type}`)).toMatchObject({
      platform: { azure: { defaultMachinePlatform: ARM.installConfig } },
    })
    expect(await merged(`${platform}${type}`, '--pool', 'worker')).toMatchObject({
      compute: [{ name: 'worker', architecture: 'arm64', ...pool(ARM) }],
    })
  })

  it.each([
    [
      installConfig('', `${arch('amd64')}  platform:\n    azure:\n      type: Standard_D4ps_v5\n`),
      '.compute[0].architecture differs from the architecture of the machine type\nCorrect one of them.',
    ],
    [
      `${installConfig(arch('amd64'), '')}    defaultMachinePlatform:\n      type: Standard_D4ps_v5\n`,
      '.controlPlane.architecture differs from the architecture of the machine type\nCorrect one of them.',
    ],
    [
      installConfig(`${arch('arm64')}  platform:\n    aws:\n      type: m6i.large\n`, '', 'aws'),
      '.controlPlane.architecture differs from the architecture of the machine type\nCorrect one of them.',
    ],
    [
      installConfig('', arch('riscv64')),
      '.compute[0].architecture: expected one of amd64, arm64, ppc64le, s390x',
    ],
    [
      installConfig('', arch('hunter2+secret')),
      '.compute[0].architecture: expected one of amd64, arm64, ppc64le, s390x',
    ],
    [
      installConfig('', '  architecture: [arm64, amd64]\n'),
      '.compute[0].architecture: expected one of amd64, arm64, ppc64le, s390x',
    ],
  ])('refuses an invalid or contradictory architecture: %j', async (text, message) => {
    expect(await merge(text)).toEqual(refusal(message))
  })

  it('writes an AWS or GCP image of the region into the compute pool', async () => {
    const aws = installConfig('', arch('arm64'), 'aws', 'us-east-1')
    expect(await merged(aws)).toMatchObject({
      compute: [{ name: 'worker', ...pool(amiForms(ARM_AMI), 'aws') }],
      platform: { aws: { region: 'us-east-1' } },
    })
    expect(await merged(installConfig('', '', 'gcp', 'us-east1'))).toMatchObject({
      compute: [{ name: 'worker', ...pool(GCP, 'gcp') }],
    })
    const { status, stderr } = await merge(installConfig('', '', 'aws', 'eu-west-9'))
    expect(status).toBe(1)
    expect(stderr).toContain(
      'no image for aws ocp x86_64 eu-west-9 (x.yaml: .compute[0]); available images:',
    )
    expect(stderr).toMatch(/\nUse a source with an image of this region\.\n$/)
  })

  it('writes an image into each compute pool, or only into the pool of --pool', async () => {
    const text = installConfig('', `${arch('amd64')}- name: edge\n`)
    const both = (await merged(text, '--plan', 'ocp')) as { compute: object[] }
    expect(both.compute).toMatchObject([pool(PAID), { name: 'edge', ...pool(PAID) }])
    const edge = (await merged(text, '--pool', 'edge')) as { compute: object[] }
    expect(edge.compute).toEqual([
      { name: 'worker', architecture: 'amd64' },
      { name: 'edge', ...pool(X86) },
    ])
  })

  it('warns about the cost of control plane machines', async () => {
    for (const name of ['controlPlane', 'defaultMachinePlatform']) {
      const words = ['--plan', 'ocp', '--pool', name, '--quiet']
      const { stderr } = await merge(installConfig('', ''), ...words)
      expect(stderr).toBe(
        `stream-snapshot: warning: x.yaml: ${name === 'controlPlane' ? '.controlPlane' : '.platform.azure.defaultMachinePlatform'}: ocp is a purchase plan, and its cost for control plane machines cannot be reversed\n`,
      )
    }
  })

  it('warns about pools without the architecture of --arch', async () => {
    const warning =
      'stream-snapshot: warning: x.yaml: set architecture: arm64 in each pool; the default is amd64\n'
    const line = async (control: string, ...words: string[]) =>
      (await merge(installConfig(control, arch('arm64')), '--quiet', ...words)).stderr
    expect(await line('', '--arch', 'arm64', '--pool', 'controlPlane')).toBe(warning)
    expect(await line(arch('arm64'), '--arch', 'arm64')).toBe('')
    expect(await line('')).toBe('')
  })

  it('warns that a pool with its own image is unchanged', async () => {
    const text = installConfig('', '  platform:\n    azure:\n      osImage:\n        sku: own\n')
    const { stderr } = await merge(text)
    expect(stderr).toContain(
      'stream-snapshot: warning: x.yaml: .compute[0] has its own image, which is unchanged; --pool worker replaces it\n',
    )
  })

  it('writes the file in place, and leaves it unchanged on a second run', async () => {
    const words = ['--in-place', '--pool', 'compute', '--plan', 'ocp']
    const first = await merge(installConfig('', ''), ...words)
    expect(first).toMatchObject({ status: 0, stdout: '' })
    expect(first.stderr).toContain(
      'x.yaml: .compute[0].platform.azure.osImage.offer: rh-ocp-worker\n',
    )
    expect(first.stderr).toContain('x.yaml: updated\n')
    const text = await readFile(join(folder, 'x.yaml'), 'utf8')
    expect(load(text)).toMatchObject({ compute: [pool(PAID)] })
    const second = await merge(text, ...words)
    expect(second.stderr).toMatch(/^x\.yaml: up to date\n/)
    expect(await readFile(join(folder, 'x.yaml'), 'utf8')).toBe(text)
  })

  it('reads the install-config from stdin', async () => {
    const both = installConfig(arch('arm64'), arch('arm64'))
    const { stdout } = await runImage(folder, [STREAM, '--merge', '-'], both)
    expect(load(stdout)).toMatchObject({
      platform: { azure: { defaultMachinePlatform: ARM.installConfig } },
    })
    for (const words of [
      ['-', '--merge', '-'],
      [STREAM, '--merge', '-', '--in-place'],
    ]) {
      expect((await runImage(folder, words)).stderr).toBe(
        'stream-snapshot: --merge: stdin is read once and cannot be written\nUse a file.\n',
      )
    }
  })
})

describe('image --merge with a MachineSet', () => {
  const label = (name: string) =>
    `  annotations:\n    capacity.cluster-autoscaler.kubernetes.io/labels: a=b,kubernetes.io/arch=${name}\n`

  it.each([
    ['an annotation', machineSet(AZURE_SPEC, label('arm64')), ARM.providerSpec],
    [
      'an annotation and the machine type',
      machineSet(`${AZURE_SPEC}vmSize: Standard_D4ps_v5\n`, label('arm64')),
      ARM.providerSpec,
    ],
    [
      'an arm64 Azure size',
      machineSet(`${AZURE_SPEC}vmSize: Standard_D4ps_v5\n`),
      ARM.providerSpec,
    ],
    ['an amd64 Azure size', machineSet(`${AZURE_SPEC}vmSize: Standard_NP10s\n`), X86.providerSpec],
    ['the default', machineSet(AZURE_SPEC), X86.providerSpec],
    [
      'an arm64 AWS type',
      machineSet('ami:\n  id: ami-1\ninstanceType: m6gd.large\nplacement:\n  region: us-east-1\n'),
      amiForms(ARM_AMI).providerSpec,
    ],
    [
      'an amd64 AWS type',
      machineSet('ami:\n  id: ami-1\ninstanceType: g4dn.large\nplacement:\n  region: us-east-1\n'),
      amiForms(AMI).providerSpec,
    ],
    [
      'an amd64 GCP type',
      machineSet('machineType: n2-standard-4\ndisks:\n- boot: true\n  sizeGb: 1\n'),
      { disks: [{ sizeGb: 1, boot: true, image: GCP.urn }] },
    ],
  ])('writes the image for the architecture from %s', async (_, text, expected) => {
    expect(await merged(text)).toMatchObject(machines(expected))
  })

  const LABEL = 'kubernetes.io/arch in capacity.cluster-autoscaler.kubernetes.io/labels'
  it.each([
    [
      'amd64',
      'vmSize: Standard_D4ps_v5\n',
      ' differs from the architecture of the machine type\nCorrect one of them.',
    ],
    [
      'arm64',
      'vmSize: Standard_D4s_v3\n',
      ' differs from the architecture of the machine type\nCorrect one of them.',
    ],
    ['armv7', '', ': expected one of amd64, arm64, ppc64le, s390x'],
    ['hunter2+secret', '', ': expected one of amd64, arm64, ppc64le, s390x'],
  ])('refuses the architecture %s with %j', async (name, size, message) => {
    const text = machineSet(`${AZURE_SPEC}${size}`, label(name))
    expect(await merge(text)).toEqual(refusal(`MachineSet: ${LABEL}${message}`))
  })

  it('writes the image of each MachineSet in several documents or in a List', async () => {
    const [one, two] = [machineSet(AZURE_SPEC, label('arm64')), machineSet(AZURE_SPEC)]
    const documents = await merge(`${one}---\nkind: Secret\n---\n${two}`)
    expect(loadAll(documents.stdout)).toMatchObject([
      machines(ARM.providerSpec),
      { kind: 'Secret' },
      machines(X86.providerSpec),
    ])
    const items = [load(one), { kind: 'Machine' }, load(two)]
    const list = { apiVersion: 'v1', kind: 'List', items }
    const expected = [machines(ARM.providerSpec), { kind: 'Machine' }, machines(X86.providerSpec)]
    const json = await merge(JSON.stringify(list, undefined, 2))
    expect(JSON.parse(json.stdout)).toMatchObject({ items: expected })
    const item = (text: string) => text.replace(/^(?=.)/gm, '  ').replace('  ', '- ')
    const yaml = `apiVersion: v1\nitems:\n${item(one)}- kind: Machine\n${item(two)}kind: List\n`
    expect(await merged(yaml)).toMatchObject({ items: expected })
  })

  it('reports the document number when the file has several documents', async () => {
    const text = `${machineSet(AZURE_SPEC)}---\n${machineSet('image:\n  resourceID: /own\n')}`
    const path = '.spec.template.spec.providerSpec.value.image'
    expect((await merge(text)).stderr).toBe(
      `stream-snapshot: x.yaml: document 2: ${path}.resourceID: selects another image\nUse --replace to replace it.\n`,
    )
    const { stderr } = await merge(text, '--replace')
    expect(stderr).toContain(`x.yaml: document 1: ${path}.sku: 418-v2\n`)
    expect(stderr).toContain(`x.yaml: document 2: ${path}.sku: 418-v2\n`)
    expect((await merge(text, '--replace', '--plan', 'oke')).stderr).toContain(
      'no image for azure oke x86_64 gen2 (x.yaml: document 1: MachineSet)',
    )
    const both = `${machineSet(AZURE_SPEC)}---\n${machineSet(AZURE_SPEC)}`
    expect((await merge(both, '--region', 'westus')).stderr).toContain(
      'x.yaml: document 1: MachineSet: region differs from --region westus\n',
    )
  })

  it('writes a paid image only to the MachineSet, and warns about the ControlPlaneMachineSet', async () => {
    const text = `${machineSet(AZURE_SPEC)}---\n${controlPlane(AZURE_SPEC)}`
    const warning =
      'stream-snapshot: warning: x.yaml: document 2: ControlPlaneMachineSet: unchanged, as ocp is a purchase plan; --pool controlPlane sets its image\n'
    const words = ['--plan', 'ocp', '--quiet']
    expect((await merge(text, ...words)).stderr).toBe(warning)
    expect((await merge(text, ...words, '--pool', 'compute')).stderr).toBe('')
    expect((await merge(text, '--quiet')).stderr).toBe('')
  })

  it('supports a ControlPlaneMachineSet, but refuses a paid plan without --pool', async () => {
    const text = controlPlane(AZURE_SPEC)
    const inside = (forms: typeof X86) => ({
      spec: {
        template: {
          machines_v1beta1_machine_openshift_io: machines(forms.providerSpec).spec.template,
        },
      },
    })
    expect(await merged(text)).toMatchObject(inside(X86))
    expect(await merge(text, '--plan', 'ocp')).toEqual(
      refusal(
        'ControlPlaneMachineSet: ocp is a purchase plan, and its cost for control plane machines cannot be reversed\nUse --pool controlPlane to accept the cost, or --plan no-purchase-plan.',
      ),
    )
    expect(await merged(text, '--plan', 'ocp', '--pool', 'controlPlane')).toMatchObject(
      inside(PAID),
    )
  })

  it.each([
    [
      'image:\n  resourceID: /subscriptions/s/images/i\n',
      '.image.resourceID',
      machines({ image: { ...(X86.providerSpec as { image: object }).image } }),
    ],
    [
      'kind: AWSMachineProviderConfig\nami:\n  filters:\n  - name: a\n  # kept\nplacement:\n  region: us-east-1\n',
      '.ami.filters',
      machines({
        kind: 'AWSMachineProviderConfig',
        ami: { id: AMI },
        placement: { region: 'us-east-1' },
      }),
    ],
    [
      'kind: AWSMachineProviderConfig\nami:\n  arn: arn:aws:1\nplacement:\n  region: us-east-1\n',
      '.ami.arn',
      machines({
        kind: 'AWSMachineProviderConfig',
        ami: { id: AMI },
        placement: { region: 'us-east-1' },
      }),
    ],
    [
      'kind: GCPMachineProviderSpec\ndisks:\n- sizeGb: 1\n- boot: true\n  image: projects/rhcos-cloud/global/images/rhcos-418-94-202410090804-0-gcp-x86-64\n',
      '.disks[1].image',
      machines({
        kind: 'GCPMachineProviderSpec',
        disks: [{ sizeGb: 1 }, { boot: true, image: GCP.urn }],
      }),
    ],
  ])(
    'refuses to replace an image in another form without --replace: %j',
    async (members, path, expected) => {
      const text = machineSet(members)
      expect(await merge(text)).toEqual(
        refusal(
          `.spec.template.spec.providerSpec.value${path}: selects another image\nUse --replace to replace it.`,
        ),
      )
      const { stdout, stderr } = await merge(text, '--replace')
      expect(load(stdout)).toMatchObject(expected)
      expect(load(stdout)).toEqual({ ...(load(text) as object), ...expected })
      expect(stderr).not.toContain('/subscriptions/')
    },
  )
})

it('shows the old image only if its project is public', async () => {
  const gcp = (project: string) =>
    machineSet(
      `kind: GCPMachineProviderSpec\ndisks:\n- boot: true\n  image: projects/${project}/global/images/old\n`,
    )
  const line = async (project: string, ...words: string[]) =>
    (await merge(gcp(project), ...words)).stderr.split('\n')[0]
  const path = 'x.yaml: .spec.template.spec.providerSpec.value.disks[0].image'
  for (const project of ['rhcos-cloud', 'redhat-marketplace-public']) {
    const old = `projects/${project}/global/images/old`
    expect(await line(project, '--replace')).toBe(`${path}: ${old} -> ${GCP.urn}`)
  }
  expect(await line('hunter2', '--replace')).toBe(`${path}: … -> ${GCP.urn}`)
  expect((await merge(gcp('redhat-marketplace-public'))).status).toBe(0)
})

describe('an option of image --merge', () => {
  it.each([
    [
      installConfig(arch('arm64'), ''),
      ['--arch', 'amd64'],
      '.controlPlane: architecture differs from --arch x86_64',
      '--arch',
    ],
    [
      installConfig('', ''),
      ['--region', 'westus'],
      '.platform.azure.defaultMachinePlatform: region differs from --region westus',
      '--region',
    ],
    [
      installConfig('', '', 'aws', 'us-east-2'),
      ['--region', 'us-east-1'],
      '.compute[0]: region differs from --region us-east-1',
      '--region',
    ],
    [
      installConfig('', ''),
      ['--cloud', 'gcp'],
      '.platform.azure.defaultMachinePlatform: cloud differs from --cloud gcp',
      '--cloud',
    ],
    [
      machineSet(`${AZURE_SPEC}vmSize: Standard_D4s_v3\n`),
      ['--arch', 'arm64'],
      'MachineSet: architecture differs from --arch aarch64',
      '--arch',
    ],
  ])('is refused if it contradicts the file: %j %j', async (text, words, message, option) => {
    expect(await merge(text, ...words)).toEqual(refusal(`${message}\nRemove ${option}.`))
  })

  it.each([
    [
      ['--pool', 'edge'],
      installConfig('', ''),
      'no edge machines\nUse --pool with one of: defaultMachinePlatform, controlPlane, compute, worker.',
    ],
    [
      ['--pool', 'defaultMachinePlatform'],
      installConfig(arch('amd64'), arch('arm64')),
      'the pools have different architectures, so one image cannot be the default\nRemove --pool, or use --pool controlPlane or --pool compute.',
    ],
  ])('is refused if it matches no machines: %j', async (words, text, message) => {
    expect(await merge(text, ...words)).toEqual(refusal(message))
  })
})

describe('image --merge', () => {
  const EXPECTED = 'expected an install-config, MachineSet or ControlPlaneMachineSet, found'
  it.each([
    ['kind: Secret\nplatform: {}\n', `${EXPECTED} Secret`],
    ['a: b\n', `${EXPECTED} no kind`],
    ['# empty\n', `${EXPECTED} nothing`],
    ['kind: hunter2\n', `${EXPECTED} an unknown kind`],
    ['kind: Hunter\n', `${EXPECTED} an unknown kind`],
    ['kind: [Machine]\n', `${EXPECTED} an unknown kind`],
    ['kind: machineSet\n', `${EXPECTED} an unknown kind\nWrite kind: MachineSet.`],
    ['apiVersion: hunter2/v1\nkind: MachineSet\n', `${EXPECTED} MachineSet of an unknown group`],
    ['kind: List\nitems:\n- kind: Machine\n- kind: Node\n', `${EXPECTED} Machine, Node`],
    [
      'apiVersion: cluster.x-k8s.io/v1beta1\nkind: MachineSet\n',
      `${EXPECTED} MachineSet of cluster.x-k8s.io`,
    ],
    [
      'apiVersion: hypershift.openshift.io/v1beta1\nkind: NodePool\n',
      `${EXPECTED} NodePool of hypershift.openshift.io\nUse -o nodepool instead of --merge, and paste the image.`,
    ],
    [
      'apiVersion: hypershift.openshift.io/v1beta1\nkind: NodePool\nspec: {arch: arm64}\n',
      `${EXPECTED} NodePool of hypershift.openshift.io\nUse -o nodepool --arch arm64 instead of --merge, and paste the image.`,
    ],
    [
      'apiVersion: hive.openshift.io/v1\nkind: MachinePool\n',
      `${EXPECTED} MachinePool of hive.openshift.io\nUse -o machinepool instead of --merge, and paste the image.`,
    ],
    ['baseDomain: a.example\n', '.platform: expected azure, aws, gcp, found no platform'],
    ['compute: []\n', '.platform: expected azure, aws, gcp, found no platform'],
    ['platform: {}\n', '.platform: expected azure, aws, gcp, found no platform'],
    ['platform:\n  none: {}\n', '.platform: expected azure, aws, gcp, found none'],
    ['platform:\n  hunter: {}\n', '.platform: expected azure, aws, gcp, found an unknown platform'],
    [
      'platform:\n  Azure: {}\n',
      '.platform: expected azure, aws, gcp, found an unknown platform\nWrite azure in lower case.',
    ],
    ['platform:\n  vsphere: {}\n', '.platform: expected azure, aws, gcp, found vsphere'],
    ['platform: [hunter2]\n', '.platform: expected azure, aws, gcp, found no platform'],
    [
      'kind: MachineSet\nspec: hunter2\n',
      '.spec.template.spec.providerSpec.value: expected a provider spec',
    ],
    [
      machineSet('kind: VSphereMachineProviderSpec\n'),
      '.spec.template.spec.providerSpec.value.kind: expected one of AzureMachineProviderSpec, AWSMachineProviderConfig, GCPMachineProviderSpec, found VSphereMachineProviderSpec',
    ],
    [
      machineSet('kind: HunterMachineProviderSpec\n'),
      '.spec.template.spec.providerSpec.value.kind: expected one of AzureMachineProviderSpec, AWSMachineProviderConfig, GCPMachineProviderSpec, found an unknown kind',
    ],
    [
      machineSet('kind: GCPMachineProviderSpec\n'),
      '.spec.template.spec.providerSpec.value.disks: expected a list of disks',
    ],
    ['platform:\n  azure: hunter2\n', '.platform.azure: expected a mapping'],
    [
      `platform:\n  azure: {}\n---\nplatform:\n  azure: {}\n`,
      'expected one install-config, found 2\nMove each one to a separate file.',
    ],
  ])('refuses the file %j', async (text, message) => {
    expect(await merge(text)).toEqual(refusal(message))
  })

  it.each([
    [
      'aws',
      [],
      'no image for aws ocp x86_64 of this region (x.yaml: .compute[0]); available images:',
    ],
    ['azure', ['--region', 'eastus'], 'region differs from --region eastus'],
  ])('does not print the invalid region of a file for %s', async (cloud, words, message) => {
    const { status, stdout, stderr } = await merge(
      installConfig('', '', cloud, 'hunter2-secret'),
      ...words,
    )
    expect([status, stdout]).toEqual([cloud === 'aws' ? 1 : 2, ''])
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('hunter2')
  })

  it.each([
    [installConfig('', arch('arm64')), '.compute[0]'],
    [
      `kind: List\nitems:\n- ${machineSet(`${AZURE_SPEC}vmSize: Standard_D4ps_v5\n`).trimEnd().replaceAll('\n', '\n  ')}\n`,
      '.items[0]',
    ],
  ])(
    'reports where an image is missing, and suggests a plan that works: %j',
    async (text, place) => {
      const { status, stderr } = await merge(text, '--plan', 'ocp')
      expect(status).toBe(1)
      expect(stderr).toContain(`no image for azure ocp aarch64 gen2 (x.yaml: ${place}); available`)
      expect(stderr).toMatch(/\nUse --plan no-purchase-plan\.\n$/)
      expect((await merge(text, '--plan', 'no-purchase-plan')).status).toBe(0)
      expect((await merge(text, '--plan', 'rosa')).stderr).toMatch(
        /\nUse --plan no-purchase-plan\.\n$/,
      )
    },
  )

  it('takes linear time for a file with many keys', async () => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, at) => `    key${at}: ${at}\n`).join('')
    const time = async (count: number) => {
      const text = `platform:\n  azure:\n${keys(count)}`
      const start = process.cpuUsage()
      expect((await merge(text)).status).toBe(0)
      const { user, system } = process.cpuUsage(start)
      return user + system
    }
    await time(1_000)
    const short = await time(8_000)
    expect(await time(32_000)).toBeLessThan(10 * short)
  })
})

describe('image --merge of YAML text', () => {
  const BEFORE = `# For the cluster of the east.
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
platform:
  azure:
    region: eastus

    # nothing below
pullSecret: '{}'
`
  const OS_IMAGE = `osImage:
        plan: NoPurchasePlan
        publisher: azureopenshift
        offer: aro4
        sku: 418-v2
        version: 418.94.202410090804
`

  it.each(['\n', '\r\n'])('keeps comments and formatting when lines end with %j', async (end) => {
    const text = BEFORE.replaceAll('\n', end)
    const { stdout, stderr } = await merge(text, '--pool', 'controlPlane')
    const expected = BEFORE.replace(/osImage:[\s\S]*?4\.17\.2024100419\n/, OS_IMAGE).replace(
      'sku: 418-v2',
      'sku: 418-v2  # the paid one',
    )
    expect(stdout).toBe(expected.replaceAll('\n', end))
    expect(stderr).toContain(
      'x.yaml: .controlPlane.platform.azure.osImage.version: 4.17.2024100419 -> 418.94.202410090804\n',
    )
    const compute = await merge(text, '--pool', 'compute')
    const type = '      type: Standard_D4s_v3   # cheap\n'
    expect(compute.stdout).toBe(
      BEFORE.replace(type, `${type}      ${OS_IMAGE}`).replaceAll('\n', end),
    )
  })

  const AZURE = 'platform:\n  azure: {}\n'
  const image = (indent: number) => OS_IMAGE.replace(/^ {8}/gm, ' '.repeat(indent + 2))
  it.each([
    [`  azure:   # all\n`, `  azure:   # all\n    defaultMachinePlatform:\n      ${image(6)}`],
    [
      '  azure:\n    defaultMachinePlatform:\n    region: x\n',
      `  azure:\n    defaultMachinePlatform:\n      ${image(6)}    region: x\n`,
    ],
    [
      '  azure: {region: x}\n',
      `  azure: {region: x, "defaultMachinePlatform":{"osImage":${JSON.stringify((X86.installConfig as { osImage: object }).osImage)}}}\n`,
    ],
    [
      '  azure:\n    defaultMachinePlatform: {osImage: {}}\n',
      `  azure:\n    defaultMachinePlatform: {osImage: ${JSON.stringify((X86.installConfig as { osImage: object }).osImage)}}\n`,
    ],
  ])('writes the image in place of an empty value: %j', async (before, after) => {
    expect((await merge(`platform:\n${before}`)).stdout).toBe(`platform:\n${after}`)
  })

  it.each([
    [
      `${AZURE}controlPlane:\n  platform: &pool\n    azure: {}\ncompute:\n- platform: *pool\n`,
      '.controlPlane.platform: an alias repeats this value',
    ],
    [
      `${AZURE}controlPlane: &all\n  platform: {}\nextra: *all\n`,
      '.controlPlane: an alias repeats this value',
    ],
    [
      `one: &one {azure: {}}\n${AZURE}controlPlane:\n  platform: *one\n`,
      '.controlPlane.platform: is an alias',
    ],
    [
      `a: &a\n  platform: {}\nb: &b\n  <<: *a\n${AZURE}controlPlane:\n  <<: [{replicas: 3}, *b]\n`,
      '.controlPlane: .platform would override a member from <<',
    ],
    [
      `base: &base\n  azure: {}\n${AZURE}controlPlane:\n  platform:\n    <<: *base\n`,
      '.controlPlane.platform: .azure would override a member from <<',
    ],
    [
      `base: &base\n  platform: {}\n${AZURE}controlPlane:\n  <<: *base\n`,
      '.controlPlane: .platform would override a member from <<',
    ],
  ])('refuses to write the image through an alias: %j', async (text, message) => {
    expect(await merge(text, '--pool', 'controlPlane')).toEqual(
      refusal(`${message}\nReplace aliases with their values, then rerun.`),
    )
  })

  it.each([
    ['*base', '      type: Standard_D4s_v5\n'],
    ['[*base, {zones: []}]', ''],
  ])('writes the image next to <<: %j', async (alias, own) => {
    const text = `base: &base\n  type: Standard_D4s_v3\n${AZURE}controlPlane:\n  platform:\n    azure:\n${own}      <<: ${alias}\n`
    const { status, stdout } = await merge(text, '--pool', 'controlPlane')
    expect(status).toBe(0)
    expect(stdout).toBe(`${text}      ${OS_IMAGE}`)
  })

  it('refuses aliases that form a cycle', async () => {
    const text = 'platform:\n  azure: &a\n    <<: *a\n'
    expect(await merge(text)).toEqual(refusal('invalid YAML: too many aliases'))
  })

  it('refuses to remove a key inside {…}', async () => {
    const text = machineSet(
      'ami: {arn: arn:aws:1}\nplacement:\n  region: us-east-1\ninstanceType: m6i.large\n',
    )
    expect(await merge(text, '--replace')).toEqual(
      refusal(
        '.spec.template.spec.providerSpec.value.ami.arn: expected a key at the beginning of a line\nRemove this key from the file, then rerun.',
      ),
    )
    const { stdout } = await merge(text.replace('{arn: arn:aws:1}', '{}'), '--replace')
    expect(load(stdout)).toMatchObject(machines(amiForms(AMI).providerSpec))
  })

  it('writes the image despite unused anchors', async () => {
    const text = `base: &base\n  replicas: 3\n${AZURE}controlPlane:\n  <<: *base\n  platform: &pool\n    azure:\n      type: &pool x\nextra: *pool\n`
    const { status, stdout } = await merge(text, '--pool', 'controlPlane')
    expect(status).toBe(0)
    expect(stdout.replace(/ {6}osImage:\n( {8}.*\n){5}/, '')).toBe(text)
  })
})
