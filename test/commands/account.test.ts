import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, makeSnapshot, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const OLD = '418.94.202409162337-0'
const NEW = '418.94.202410090804-0'

interface BuildOptions {
  readonly release?: string
  readonly platforms?: readonly string[]
  readonly regions?: readonly string[]
  /** Whether the build has an Azure disk, which streams have under the extensions. */
  readonly disk?: boolean
}

/** Returns an x86_64 build. */
const build = ({
  release = NEW,
  platforms = ['aws', 'azure', 'metal', 'qemu', 'vmware'],
  regions = ['eu-west-1', 'me-central-1', 'us-east-1'],
  disk = true,
}: BuildOptions = {}) => ({
  release,
  location: `https://rhcos.mirror.openshift.com/art/storage/prod/streams/rhcos-4.18/builds/${release}/x86_64`,
  meta: {
    images: Object.fromEntries(
      platforms.map((name) => [
        name,
        { path: `rhcos-${release}-${name}.x86_64.img.gz`, sha256: 'a'.repeat(64) },
      ]),
    ),
    amis: regions.map((name, at) => ({ name, hvm: `ami-${release.slice(7, 15)}${at}` })),
    ...(disk && {
      azure: { url: `https://rhcos.blob.core.windows.net/imagebucket/${release}.vhd` },
    }),
  },
})

const V2 = azureImage('418-v2', '418.94.20240916')
const ARM = azureImage('418-arm', '418.94.20240916')
const PXE = ['metal', 'live-kernel', 'live-initramfs']
const AMI = {
  plan: 'ocp',
  architecture: 'x86_64',
  state: 'active',
  region: 'us-east-1',
  version: '418.94.202409160000-0',
  image: 'ami-0123456789abcdef0',
  name: 'rhcos-418',
} as const
const QUERIES = { azure: [], aws: [{ region: AMI.region, images: 1 }] }
const snapshot = (options: BuildOptions = {}, images = [V2, ARM]) =>
  snapshotText(images, { builds: { x86_64: build(options) } })

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')
const call = (...args: string[]) => run(args, { cwd: folder })
const regenerate = (...args: string[]) =>
  call('regenerate', 's.json', '--target', 't.json', ...args)

/** Generates the target from one snapshot, then replaces the snapshot by another. */
async function prepare(before: string, after: string): Promise<string> {
  await writeFile(at('s.json'), before)
  expect(await regenerate()).toMatchObject({ status: 0 })
  await writeFile(at('s.json'), after)
  return read('t.json')
}

beforeEach(async () => {
  folder = await temporaryFolder()
})

describe('regenerate', () => {
  it.each([
    [
      'a region of a bumped build',
      snapshot({ regions: ['eu-west-1', 'us-east-1'] }),
      '1 cloud image',
      '-  image aws x86_64 · me-central-1',
    ],
    [
      'all regions of a platform',
      snapshot({ regions: [] }),
      '3 cloud images',
      '-  image aws x86_64 · 3 regions: eu-west-1, me-central-1, us-east-1',
    ],
    [
      'a platform',
      snapshot({ platforms: ['aws', 'azure', 'metal', 'qemu'] }),
      '1 artifact',
      '-  artifact vmware x86_64',
    ],
    [
      'a disk under the extensions',
      snapshot({ disk: false }),
      '1 cloud image',
      '-  image azure-disk x86_64',
    ],
    [
      'a marketplace image',
      snapshot({}, [ARM]),
      '1 marketplace image',
      '-  azure no-purchase-plan x86_64 gen2  azureopenshift:aro4:418-v2:418.94.20240916',
    ],
  ])('refuses to remove %s without --allow-regression', async (_, after, count, line) => {
    const before = await prepare(snapshot({ release: OLD }), after)
    const refused = await regenerate()
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr.split('\n')[0]).toBe(`stream-snapshot: the target would lose ${count}`)
    expect(refused.stderr).toContain(line)
    expect(refused.stderr).toMatch(/ --allow-regression\.\n$/)
    expect(await read('t.json')).toBe(before)

    const allowed = await regenerate('--allow-regression')
    expect(allowed.status).toBe(0)
    expect(allowed.stderr).toContain(line)
    expect(allowed.stderr).toMatch(/ changed, .*\nt\.json: updated\n$/)
    expect(await read('t.json')).not.toBe(before)
  })

  it.each([
    [
      'the rootfs of a bumped build',
      snapshot({ platforms: [...PXE, 'live-rootfs'], release: OLD }),
      snapshot({ platforms: PXE }),
      '-  rootfs x86_64 · metal pxe',
    ],
    [
      'the signatures of a bumped build',
      snapshot({ platforms: ['aws', 'metal'], release: OLD }),
      snapshotText([V2, ARM], {
        builds: { x86_64: build({ platforms: ['aws', 'metal'] }) },
        stream: { ...makeSnapshot([]).stream, signatures: false },
      }),
      '-  signature x86_64 · 2 artifacts: aws img.gz disk, metal img.gz disk',
    ],
  ])('refuses to remove %s', async (_, old, after, line) => {
    const before = await prepare(old, after)
    const refused = await regenerate()
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toContain(line)
    expect(await read('t.json')).toBe(before)
    const allowed = await regenerate('--allow-regression')
    expect(allowed.status).toBe(0)
    expect(allowed.stderr).toContain(line)
  })

  it('refuses to replace a build by an older build', async () => {
    const before = await prepare(snapshot(), snapshot({ release: OLD }))
    const { status, stderr } = await regenerate()
    expect(status).toBe(1)
    expect(stderr).toContain(`~  build x86_64  ${NEW} -> ${OLD}`)
    expect(await read('t.json')).toBe(before)
  })

  it('refuses a build of an earlier RHEL major version, and accepts a later one', async () => {
    const rhel9 = snapshot({ release: '9.8.20260428-0' })
    const rhel10 = snapshot({ release: '10.2.20260423-0' })
    await prepare(rhel10, rhel9)
    const back = await regenerate()
    expect(back.status).toBe(1)
    expect(back.stderr.split('\n')[0]).toBe(
      "stream-snapshot: the target has RHEL 10.2, and the snapshot's builds have RHEL 9.8",
    )
    expect(back.stderr).toContain('~  build x86_64  10.2.20260423-0 -> 9.8.20260428-0')
    await writeFile(at('s.json'), rhel9)
    expect(await regenerate('--allow-regression')).toMatchObject({ status: 0 })
    await writeFile(at('s.json'), rhel10)
    const on = await regenerate()
    expect(on.status).toBe(0)
    expect(on.stderr).toContain('~  build x86_64  9.8.20260428-0 -> 10.2.20260423-0')
  })
})

describe('regenerate with an AMI of the same ID', () => {
  it('refuses an older release', async () => {
    const listed = { builds: { x86_64: build() }, images: { aws: [AMI] }, queries: QUERIES }
    const text = snapshotText([], listed)
    const stream = await prepare(text, text)
    await writeFile(at('t.json'), stream.replaceAll(AMI.version, OLD))
    const { status, stderr } = await regenerate()
    expect(status).toBe(1)
    expect(stderr).toMatch(/^stream-snapshot: the target would get 1 older marketplace image\n/)
    expect(stderr).toContain(`~  aws ocp x86_64 · us-east-1`)
  })
})

describe('diff of a cloud', () => {
  const images = { azure: [], aws: [AMI] }
  it.each([
    ['with images', images, '1 image'],
    ['without images', { azure: [], aws: [] }, '0 images'],
  ])('%s prints one line when the cloud is added or removed', async (_, images, count) => {
    await writeFile(at('a.json'), snapshotText([], { images, queries: QUERIES }))
    await writeFile(at('b.json'), snapshotText([]))
    for (const [sign, ...files] of [
      ['-', 'a.json', 'b.json'],
      ['+', 'b.json', 'a.json'],
    ]) {
      const { status, stdout } = await call('diff', ...files)
      expect(status).toBe(1)
      const reason = sign === '-' ? ' (not queried)' : ''
      expect(stdout).toContain(`${sign}  cloud aws  ${count}${reason}\n`)
      expect(stdout.split('\nlisted images\n')[1]).not.toContain(AMI.image)
    }
  })
})

describe('a value of the wrong type in place of a generated value', () => {
  const { image: _, region: __, ...product } = AMI
  const gcp = { ...product, project: 'redhat-marketplace-public', name: 'redhat-coreos-ocp' }
  const captured = snapshotText([], {
    builds: { x86_64: build({ platforms: ['aws', 'metal'], regions: ['us-east-1'] }) },
    images: { azure: [V2, azureImage('aro_418', V2.version)], aws: [AMI], gcp: [gcp] },
    queries: { ...QUERIES, gcp: [] },
  })
  /** Placeholder for a number that is too large for a double. */
  const HUGE = 'huge'
  type Tree = { [key: string]: Tree | string }
  /** Returns the paths of all members below `tree`. */
  const pathsIn = (tree: Tree | string): string[][] =>
    typeof tree === 'string'
      ? []
      : Object.entries(tree).flatMap(([name, each]) => [
          [name],
          ...pathsIn(each).map((path) => [name, ...path]),
        ])

  it.each([
    ['in the layout enhancement', 't.json', 17, ['--layout', 'enhancement']],
    ['in the layout stream-metadata', 't.json', 24, ['--layout', 'stream-metadata']],
    ['in a marketplace file', 'm.json', 23, ['--marketplace-file', 'm.json']],
    ['of a build', 't.json', 11, ['--layout', 'none']],
  ])('%s is refused with its path', async (_, file, total, options) => {
    await writeFile(at('s.json'), captured)
    expect(await regenerate(...options)).toMatchObject({ status: 0 })
    const text = await read(file)
    const places = pathsIn(JSON.parse(text)).filter((path) =>
      options.includes('none')
        ? /x86_64 (artifacts|images) /.test(path.join(' '))
        : /marketplace( |$)|^x86_64 /.test(path.join(' ')),
    )
    let count = 0
    for (const path of places) {
      const edited = JSON.parse(text)
      const parent = path.slice(0, -1).reduce((tree, name) => tree[name], edited)
      const name = path.at(-1) ?? ''
      const isText = typeof parent[name] === 'string'
      // A changed string in a build is reported as a change instead.
      if (isText && options.includes('none')) continue
      for (const value of isText ? [['x'], HUGE, { x: 1 }] : [['x'], 'text', HUGE]) {
        parent[name] = value
        const editedText = `${JSON.stringify(edited, undefined, 2)}\n`.replace(`"${HUGE}"`, '1e999')
        await writeFile(at(file), editedText)
        const { status, stderr } = await regenerate('--allow-regression', ...options)
        const where = path.map((step) => (/^[\w-]+$/.test(step) ? `.${step}` : `["${step}"]`))
        const expected = `expected ${isText ? 'a string' : 'an object'}, found `
        expect([path, stderr, status]).toEqual([
          path,
          expect.stringContaining(`${file}: ${where.join('')}: ${expected}`),
          2,
        ])
        expect(await read(file)).toBe(editedText)
      }
      count += 1
    }
    expect(count).toBe(total)
  })
})

describe('--keep-lost', () => {
  const withoutRegion = snapshot({ regions: ['eu-west-1', 'us-east-1'] })
  const regions = async () =>
    JSON.parse(await read('t.json')).architectures.x86_64.images.aws.regions

  it('keeps the images of missing regions with their release, in the order of regions', async () => {
    await prepare(snapshot({ release: OLD }), withoutRegion)
    const { status, stderr } = await regenerate('--keep-lost')
    expect(status).toBe(0)
    expect(stderr).toContain(`kept: image aws x86_64 · me-central-1 of ${OLD}, not in the build\n`)
    expect(stderr).not.toContain('-  image')
    expect(Object.entries(await regions())).toEqual([
      ['eu-west-1', { release: NEW, image: 'ami-202410090' }],
      ['me-central-1', { release: OLD, image: 'ami-202409161' }],
      ['us-east-1', { release: NEW, image: 'ami-202410091' }],
    ])
  })

  it('keeps an image until a later build has an image of its region', async () => {
    await prepare(snapshot({ release: OLD }), withoutRegion)
    await regenerate('--keep-lost')
    const kept = await read('t.json')
    expect(await regenerate()).toMatchObject({ status: 0 })
    expect(await read('t.json')).toBe(kept)
    expect(await regenerate('--check')).toMatchObject({ status: 0, stdout: '' })
    await writeFile(at('s.json'), snapshot({ release: '418.94.202501221327-0' }))
    expect(await regenerate()).toMatchObject({ status: 0 })
    expect((await regions())['me-central-1'].release).toBe('418.94.202501221327-0')
  })

  it('does not keep a missing platform', async () => {
    await prepare(
      snapshot({ release: OLD }),
      snapshot({ platforms: ['aws', 'azure', 'metal', 'qemu'] }),
    )
    const { status, stderr } = await regenerate('--keep-lost')
    expect(status).toBe(1)
    expect(stderr).toContain('-  artifact vmware x86_64')
  })
})

describe('the metadata', () => {
  it('keeps its time and generator if nothing else changes', async () => {
    const before = await prepare(snapshot(), snapshot())
    await writeFile(
      at('s.json'),
      snapshotText([V2, ARM], { builds: { x86_64: build() }, capturedAt: '2025-01-01T00:00:00Z' }),
    )
    const { stderr } = await regenerate()
    expect(stderr).toMatch(/^no build and no image changed, /)
    expect(stderr).toMatch(/t\.json: unchanged\n$/)
    expect(await read('t.json')).toBe(before)
  })
})

describe('a missing target', () => {
  it('is created by regenerate', async () => {
    await writeFile(at('s.json'), snapshot())
    const { stderr } = await regenerate()
    expect(stderr).toMatch(/t\.json: created\n$/)
  })

  it.each([
    [
      '--check',
      1,
      '^stream-snapshot: t.json: no such file\nUpdate with the same command without --check.\n$',
    ],
    ['--dry-run', 0, '\nt.json: no such file\n$'],
  ])('is not created by %s', async (option, status, message) => {
    await writeFile(at('s.json'), snapshot())
    const outcome = await regenerate(option)
    expect(outcome).toMatchObject({ status, stdout: expect.stringContaining('+  build x86_64') })
    expect(outcome.stderr).toMatch(new RegExp(message, 'm'))
    await expect(readFile(at('t.json'))).rejects.toThrow('ENOENT')
  })
})

describe('verify --target', () => {
  it('supports the options of regenerate', async () => {
    await writeFile(at('t.json'), smallStream(EXAMPLE))
    await writeFile(at('s.json'), snapshotText([V2, ARM]))
    await regenerate('--marketplace-file', 'm.json')
    const target = async (...args: string[]) => {
      const { stdout } = await call('verify', 's.json', '--target', 't.json', ...args)
      return /target: .*/.exec(stdout)?.[0]
    }
    expect(await target('--marketplace-file', 'm.json')).toBe('target: ok')
    expect(await target()).toBe('target: FAILED: t.json: does not match s.json')
    await regenerate('--layout', 'stream-metadata')
    expect(await target()).toBe('target: ok')
    expect(await target('--layout', 'enhancement')).toMatch(
      /^target: FAILED: t\.json: does not match s\.json; t\.json: 2 azure images in the layout stream-metadata, which is not generated: /,
    )
  })

  it('reports images of a cloud that was not queried', async () => {
    await prepare(snapshot(), snapshot())
    const stream = JSON.parse(await read('t.json'))
    stream.architectures.x86_64['rhel-coreos-extensions']['aws-marketplace'] = {
      ocp: { regions: { 'us-east-1': { release: NEW, image: 'ami-1' } } },
    }
    await writeFile(at('t.json'), `${JSON.stringify(stream, undefined, 2)}\n`)
    const { status, stdout } = await call('verify', 's.json', '--target', 't.json', '-o', 'json')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)[0].checks.at(-1)).toEqual({
      name: 'target',
      fault: 't.json: 1 aws image (aws was not queried)',
      remedy: 'Capture s.json for them, or remove them from the file.',
    })
    expect((await regenerate()).stderr).toContain('unchanged: 1 aws image (aws was not queried)\n')
  })
})

describe('a generated key', () => {
  it('is reported if the installer and the operators do not read the key', async () => {
    const known = azureImage('418-v2', '418.94.20241009')
    await writeFile(at('s.json'), snapshotText([known]))
    const { ocp } = BUILT_IN.azure?.plans ?? {}
    const azure = BUILT_IN.azure && { ...BUILT_IN.azure, plans: { ...(ocp && { ocp, new: ocp }) } }
    const images = ['ocp', 'new'].map((plan) => ({ ...known, plan, sku: 'rh-ocp-worker' }))
    const criteria = { ...BUILT_IN, ...(azure && { azure }) }
    await writeFile(at('new.json'), snapshotText(images, { criteria }))
    const regenerate = async (layout: string, snapshot = 's.json') => {
      await writeFile(at('t.json'), smallStream(EXAMPLE))
      const args = ['--target', 't.json', '--layout', layout]
      return (await run(['regenerate', snapshot, ...args], { cwd: folder })).stderr
    }
    expect(await regenerate('enhancement')).toContain(
      'the key azure-marketplace is not read by the installer or the operators, which only read marketplace.azure\n',
    )
    expect(await regenerate('stream-metadata')).not.toContain('not read by')
    expect(await regenerate('stream-metadata', 'new.json')).toContain(
      'the key marketplace.azure.new is not read by the installer or the operators, which only read marketplace.azure\n',
    )
  })
})
