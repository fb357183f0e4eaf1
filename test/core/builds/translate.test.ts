import { describe, expect, it } from 'vitest'
import { translate } from '../../../src/core/builds/translate.ts'
import { PLATFORM_RULES, PLATFORMS } from '../../../src/core/stream/platforms.ts'
import { emptyStream } from '../../../src/core/stream/stream.ts'

const RELEASE = '418.94.202410090804-0'
const LOCATION = `https://builds.example/streams/4.18-9.4/builds/${RELEASE}/x86_64`

const build = (meta: Record<string, unknown>) => ({ release: RELEASE, location: LOCATION, meta })
const image = (path: string) => ({ path, sha256: 'aa' })
const translated = (meta: Record<string, unknown>, signatures = false) =>
  translate('x86_64', build(meta), signatures)
const disk = (path: string) => ({ location: `${LOCATION}/${path}`, sha256: 'aa' })
const METAL = { metal: { release: RELEASE, formats: {} } }

describe('artifacts', () => {
  it.each([
    ['metal4k', `rhcos-metal4k.x86_64.raw.gz`, '4k.raw.gz', 'disk'],
    ['live-iso', 'rhcos-live.x86_64.iso', 'iso', 'disk'],
    ['live-initramfs', 'rhcos-live-initramfs.x86_64.img', 'pxe', 'initramfs'],
    ['iso', 'rhcos-installer.x86_64.iso', 'installer.iso', 'disk'],
  ])('have %s under metal: %s as %s, %s', (name, path, format, part) => {
    expect(translated({ images: { [name]: image(path) } }).artifacts).toEqual({
      metal: { release: RELEASE, formats: { [format]: { [part]: disk(path) } } },
    })
  })
})

describe('images', () => {
  const BY_REGION: readonly [platform: string, meta: object, region: string, image: object][] = [
    ['aliyun', { aliyun: [{ name: 'cn-1', id: 'm-1' }] }, 'cn-1', { image: 'm-1' }],
    ['aws', { amis: [{ name: 'us-1', hvm: 'ami-1' }] }, 'us-1', { image: 'ami-1' }],
    [
      'powervs',
      { powervs: [{ region: 'lon', object: 'o', bucket: 'b', url: 'u' }] },
      'lon',
      { object: 'o', bucket: 'b', url: 'u' },
    ],
  ]
  it.each(BY_REGION)(
    'have %s by region, and the platform even without an artifact',
    (platform, meta, region, image) => {
      expect(translated({ ...meta })).toEqual({
        artifacts: { ...METAL, [platform]: { release: RELEASE, formats: {} } },
        images: { [platform]: { regions: { [region]: { release: RELEASE, ...image } } } },
      })
    },
  )

  it('are tested for each platform with a rule for images', () => {
    const tested = [...BY_REGION.map(([platform]) => platform), 'gcp', 'ibmcloud', 'kubevirt']
    expect(PLATFORMS.filter((name) => PLATFORM_RULES[name]?.images).sort()).toEqual(tested.sort())
  })

  const kubevirt = { image: 'q.io/r', digest: 'sha256:d' }

  it('have for kubevirt the tag that is not the release, and the digest', () => {
    const tags = [RELEASE, '4.18-9.4-kubevirt']
    expect(translated({ kubevirt: { ...kubevirt, tags } }).images).toEqual({
      kubevirt: {
        release: RELEASE,
        image: 'q.io/r:4.18-9.4-kubevirt',
        'digest-ref': 'q.io/r@sha256:d',
      },
    })
  })

  it.each([[[RELEASE]], [[RELEASE, 'a', 'b']]])(
    'are refused for kubevirt with the tags %j',
    (tags) => {
      expect(() => translated({ kubevirt: { ...kubevirt, tags } })).toThrow(
        '.kubevirt: expected image, digest and one tag of the stream for image, found nothing',
      )
    },
  )

  it.each(['amis', 'powervs'])('are omitted for an empty list of %s', (key) => {
    expect(translated({ [key]: [] })).toEqual({ artifacts: METAL, images: {} })
  })
})

it('withArchitecture removes the images and extensions of the previous build, but keeps unknown ones', () => {
  const all = Object.entries(PLATFORM_RULES)
  const images = all.flatMap(([name, rules]) => (rules.images ? [name] : []))
  const extensions = all.flatMap(([, { extension }]) => extension?.key ?? [])
  const emptyMembers = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, {}]))
  const before = emptyStream('s').withArchitecture('x86_64', {
    artifacts: {},
    images: emptyMembers([...images, 'unknown']),
    'rhel-coreos-extensions': emptyMembers([...extensions, 'unknown']),
  })
  expect(images.length + extensions.length).toBeGreaterThan(7)
  expect(before.withArchitecture('x86_64', translated({})).architecture('x86_64')).toEqual({
    artifacts: METAL,
    images: emptyMembers(['unknown']),
    'rhel-coreos-extensions': emptyMembers(['unknown']),
  })
})

describe('extensions', () => {
  it('are tested for each platform with a rule for an extension', () => {
    const keys = Object.values(PLATFORM_RULES).flatMap(({ extension }) => extension?.key ?? [])
    expect(keys.sort()).toEqual(['aws-winli', 'azure-disk'])
  })

  const azure = { url: 'https://x/y.vhd' }
  const winli = [{ name: 'us-1', hvm: 'ami-2' }]

  it('have azure-disk if the build has an azure artifact', () => {
    const images = { azure: image('a-azure.x86_64.vhd.gz') }
    expect(translated({ azure, images })['rhel-coreos-extensions']).toEqual({
      'azure-disk': { release: RELEASE, url: 'https://x/y.vhd' },
    })
    expect(translated({ azure })).toEqual({ artifacts: METAL, images: {} })
  })

  it('have aws-winli if the build has AMIs', () => {
    const amis = [{ name: 'us-1', hvm: 'ami-1' }]
    expect(translated({ amis, 'aws-winli': winli })['rhel-coreos-extensions']).toEqual({
      'aws-winli': { regions: { 'us-1': { release: RELEASE, image: 'ami-2' } } },
    })
    expect(translated({ 'aws-winli': winli })).toEqual({ artifacts: METAL, images: {} })
  })
})

it.each<[string, Record<string, unknown>, string]>([
  [
    'a name of another architecture',
    { images: { aws: image('rhcos-aws.aarch64.vmdk') } },
    '.images.aws.path: expected a name that ends in aws.x86_64.EXTENSION, found "rhcos-aws.aarch64.vmdk"',
  ],
  [
    'an artifact without a digest',
    { images: { aws: { path: 'a-aws.x86_64.vmdk' } } },
    '.images.aws.sha256: expected a string, found nothing',
  ],
  [
    'a region without an AMI',
    { amis: [{ name: 'us-1' }] },
    '.amis[0].hvm: expected a string, found nothing',
  ],
  [
    'a GCP image without a name',
    { gcp: { project: 'p' } },
    '.gcp.image: expected a string, found nothing',
  ],
])('translate refuses %s', (_, meta, message) => {
  expect(() => translated(meta)).toThrow(message)
})
