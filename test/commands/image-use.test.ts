import { execFile } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { load } from 'js-yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import { CLI, run, temporaryFolder } from '../support/cli.ts'
import { streamForms } from '../support/forms.ts'
import { commitAll } from '../support/git.ts'
import { amiForms, azureForms, expectForms, gcpForms } from '../support/image-formats.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STREAM = join(ROOT, 'demo/rhcos.json')

let folder: string
const at = (name: string) => join(folder, name)
const image = (...args: string[]) => run(['image', STREAM, ...args], { cwd: folder })

beforeEach(async () => {
  folder = await temporaryFolder()
})

const GCP = 'redhat-coreos-ocp-413-x86-64-202305021736'
const AMI = 'ami-10a52886a7d9a2fbd'

/** What the demonstration's stream names, written down by hand. */
const PAID = 'redhat:rh-ocp-worker:rh-ocp-worker:4.18.2025112710'
const AZURE: readonly (readonly [string[], urn: string])[] = [
  [[], 'azureopenshift:aro4:418-v2:418.94.202410090804'],
  [['--gen1'], 'azureopenshift:aro4:aro_418:418.94.202410090804'],
  [['--arch', 'arm64'], 'azureopenshift:aro4:418-arm:418.94.202410090804'],
  [['--plan', 'ocp', '--arch', 'amd64'], PAID],
  [['--plan', 'purchase-plan-north-america'], PAID],
  [['--plan', 'ocp', '--gen1'], 'redhat:rh-ocp-worker:rh-ocp-worker-gen1:4.18.2025112710'],
  [['--plan', 'ocp-emea'], 'redhat-limited:rh-ocp-worker:rh-ocp-worker:4.18.2026012111'],
]

describe.each(AZURE)('an image of Azure %j', (args, urn) => {
  it('is written in each format, and a plan told with its terms', async () => {
    const { named, forms, isPaid } = azureForms(urn)
    const told = isPaid
      ? `${args.includes('ocp-emea') ? 'ocp-emea' : 'ocp'} is a purchase plan, whose terms are accepted first: az vm image terms accept --urn ${urn}\n`
      : ''
    await expectForms('azure', named, forms, async (format) => {
      const { status, stdout, stderr } = await image(...args, '-o', format)
      expect({ status, stderr }).toEqual({ status: 0, stderr: told })
      return stdout
    })
  })
})

describe.each([
  ['aws', ['--region', 'us-east-1'], 'ami-10a52886a7d9a2fbd', amiForms('ami-10a52886a7d9a2fbd')],
  ['gcp', [], GCP, gcpForms('redhat-marketplace-public', GCP)],
] as const)('an image of %s %j', (cloud, args, name, forms) => {
  it('is written in each format that the cloud has, and told with its terms', async () => {
    const entry = cloud === 'aws' ? { image: name } : { name }
    await expectForms(cloud, { urn: forms.id, entry }, forms, async (format) => {
      const { status, stdout, stderr } = await image('--cloud', cloud, ...args, '-o', format)
      expect(status).toBe(0)
      expect(stderr).toMatch(
        /^ocp is a purchase plan, whose terms are accepted first: .*Marketplace/,
      )
      return stdout
    })
  })
})

it.each([
  ['controlPlane', { controlPlane: { platform: { aws: { amiID: AMI } } } }],
  ['compute', { compute: [{ platform: { aws: { amiID: AMI } } }] }],
  ['edge', { compute: [{ name: 'edge', platform: { aws: { amiID: AMI } } }] }],
])('is written for the pool %s', async (pool, expected) => {
  const args = ['--cloud', 'aws', '--region', 'us-east-1', '-o', 'install-config']
  expect(load((await image(...args, '--pool', pool)).stdout)).toEqual(expected)
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
    'azure-marketplace': {
      'no-purchase-plan': { publisher: 'azureopenshift', offer: 'aro4', sku: '418-v2', version },
    },
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

describe('docs/using-images.md', () => {
  /** Each command of the page, as typed, with its output. */
  const sessions = async () => {
    const page = await readFile(join(ROOT, 'docs/using-images.md'), 'utf8')
    const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, body = '']) => body)
    return blocks
      .flatMap((body) => body.split(/^\$ /m).slice(1))
      .map((each) => /^((?:.*\\\n)*.*)\n([\s\S]*)$/.exec(each)?.slice(1) ?? [])
  }

  it('shows what is printed, and what is merged', async () => {
    await symlink(join(ROOT, 'demo'), at('demo'))
    const program = (name: string, text: string) =>
      writeFile(at(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    await program('stream-snapshot', `exec "${process.execPath}" "${CLI}" "$@"`)
    await writeFile(at('stream.json'), streamForms()['stream-metadata.json'])
    const { stdout: configMap } = await run(['configmap', at('stream.json')])
    await writeFile(at('bootimages.yaml'), configMap)
    await program('oc', `[ "$*" = '${OC}' ] && cat '${at('bootimages.yaml')}'`)
    const machineSet = (sku: string) =>
      `kind: MachineSet\nspec:\n  template:\n    spec:\n      providerSpec:\n        value:\n          image:\n            publisher: azureopenshift\n            offer: aro4\n            sku: ${sku}\n            version: 418.94.20241009\n            resourceID: ""\n            type: MarketplaceNoPlan\n`
    await writeFile(at('machineset.yaml'), machineSet('418'))
    await writeFile(at('install-config.yaml'), 'platform:\n  azure: {}\n')

    const env = { PATH: `${folder}:${process.env.PATH}` }
    let [printed, merged] = [0, 0]
    for (const [line = '', output = ''] of await sessions()) {
      const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: folder, env })
      if (line.includes('machineset.yaml')) expect(stdout, line).toBe(machineSet('418-v2'))
      else expect(stdout, line).toBe(output)
      if (line.includes('--merge')) merged += 1
      else printed += 1
    }
    expect({ printed, merged }).toEqual({ printed: 2, merged: 2 })
    expect(load(await readFile(at('install-config.yaml'), 'utf8'))).toEqual({
      platform: {
        azure: { defaultMachinePlatform: azureForms(PAID).forms.installConfig },
      },
    })
  })
})

const OC = 'get configmap coreos-bootimages -n openshift-machine-config-operator -o yaml'
