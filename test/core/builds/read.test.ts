import { describe, expect, it } from 'vitest'
import { readBuild } from '../../../src/core/builds/read.ts'
import { DEMONSTRATION, demonstrationMeta } from '../../mock-servers/demonstration-builds.ts'

const PLACE = { url: 'https://builds.example', name: '4.18-9.4' }
const { release } = DEMONSTRATION
const WANTED = { architecture: 'x86_64', release } as const
const META = demonstrationMeta('x86_64')
const read = (change: Record<string, unknown>, wanted = {}) =>
  readBuild({ ...META, ...change }, { ...WANTED, ...wanted }, PLACE)

describe('a meta.json', () => {
  it('provides the architecture and the release if they are not specified', () => {
    const found = readBuild(META, { location: 'https://elsewhere/x' }, PLACE)
    expect(found).toMatchObject({
      architecture: 'x86_64',
      build: { release, location: 'https://elsewhere/x' },
    })
  })

  it.each<[string, unknown, string]>([
    ['an array', [], 'not a meta.json: .: expected an object'],
    ['null', null, 'not a meta.json: .: expected an object'],
    [
      'another file',
      { stream: 'x' },
      'not a meta.json: .coreos-assembler.basearch: expected a string, found nothing',
    ],
    [
      'another build',
      { ...META, buildid: '418.94.202410090804-1' },
      `.buildid: expected ${release}, found 418.94.202410090804-1`,
    ],
    [
      'another architecture',
      { ...META, 'coreos-assembler.basearch': 's390x' },
      '.coreos-assembler.basearch: expected x86_64, found s390x',
    ],
    ['a value of the wrong type', { ...META, amis: {} }, '.amis: expected a list'],
    [
      'a nested value of the wrong type',
      { ...META, amis: [{ name: 'a', hvm: ['b'] }] },
      '.amis[0].hvm: expected a string',
    ],
    ['a string in place of an object', { ...META, images: 'x' }, '.images: expected an object'],
    [
      'an artifact without its digest',
      { ...META, images: { qemu: { path: 'a-qemu.x86_64.qcow2' } } },
      '.images.qemu.sha256: expected a string, found nothing',
    ],
  ])('is refused: %s', (_, meta, message) => {
    expect(() => readBuild(meta, WANTED, PLACE)).toThrow(expect.objectContaining({ message }))
  })

  it('can have null for a missing value', () => {
    expect(read({ amis: null, gcp: null }).build.meta).not.toHaveProperty('amis')
  })

  it('is refused if its architecture or build is unknown', () => {
    const meta = { ...META, 'coreos-assembler.basearch': 'riscv64' }
    expect(() => readBuild(meta, {}, PLACE)).toThrow('expected aarch64, ppc64le, s390x, x86_64')
    expect(() => readBuild({ ...META, buildid: '../x' }, {}, PLACE)).toThrow('.buildid: expected')
  })

  it('reports unknown platforms, but no other unknown members', () => {
    const images = { ...(META.images as object), moonbase: {}, 'oci-manifest': {}, dasd: {} }
    const change = { images, digitalocean: { image: 'x' }, asteroid: [], s3: {}, 'rhcos.x': {} }
    expect(read(change).unknown).toEqual(['asteroid', 'digitalocean', 'images.moonbase'])
  })
})
