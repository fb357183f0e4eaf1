import type { Image } from '@aws-sdk/client-ec2'
import { beforeEach, describe, expect, it } from 'vitest'
import { findVersion, readImages } from '../../../../src/capture/clouds/aws/images.ts'
import { type AwsCriteria, BUILT_IN } from '../../../../src/core/criteria/criteria.ts'

const criteria = BUILT_IN.aws as AwsCriteria
const OCP = '59ead7de-2540-4653-a8b0-fa7926d5c845'

const createImage = (rest: Partial<Image> = {}): Image => ({
  ImageId: 'ami-0123456789abcdef0',
  Name: `rhcos-413.92.202305021736-0-x86_64-Marketplace-${OCP}`,
  State: 'available',
  OwnerId: '679593333241',
  Architecture: 'x86_64',
  CreationDate: '2023-05-09T15:12:40.000Z',
  ...rest,
})
let warnings: string[]
const warn = (text: string) => void warnings.push(text)

beforeEach(() => {
  warnings = []
})

const read = (rest?: Partial<Image>) => readImages([createImage(rest)], criteria, 'us-east-1', warn)

describe('findVersion', () => {
  it.each([
    [`rhcos-413.92.202305021736-0-x86_64-Marketplace-${OCP}`, '', '413.92.202305021736-0'],
    [`rhcos-x86_64-415.92.202402201450-0-${OCP}`, '', '415.92.202402201450-0'],
    [
      `RHEL-9.4-RHCOS-4.18_HVM_GA-20251119-x86_64-0-${OCP}`,
      'RHEL CoreOS 4.18 418.94.202510230424-0 x86_64',
      '418.94.202510230424-0',
    ],
    [`RHEL-9.4-RHCOS-4.18_HVM_GA-20251119-x86_64-0-${OCP}`, '', '4.18.20251119'],
    [
      `RHEL-9.4-RHCOS-9.6_HVM_GA-20260210-x86_64-0-${OCP}`,
      'RHEL CoreOS 9.6 9.6.20260210-0 x86_64',
      '9.6.20260210-0',
    ],
    [`RHEL-9.4-RHCOS-9.6_HVM_GA-20260210-x86_64-0-${OCP}`, 'a worker', '9.6.20260210'],
    [`rosa-${OCP}`, 'rhcos-9.6.20250701-0-x86_64', '9.6.20250701-0'],
  ])('reads the version from %s, %j', (name, description, version) => {
    expect(findVersion(name, description)).toBe(version)
  })

  it.each([
    [`worker-${OCP}`, 'See the product page'],
    [`RHEL-9.4-RHCOS-4.18_HVM_GA-20251340-x86_64-0-${OCP}`, ''],
  ])('returns undefined for %s, %j', (name, description) => {
    expect(findVersion(name, description)).toBeUndefined()
  })
})

describe('readImages', () => {
  it('returns the plan and architecture of the product', () => {
    expect(read()).toEqual([
      {
        architecture: 'x86_64',
        image: 'ami-0123456789abcdef0',
        name: `rhcos-413.92.202305021736-0-x86_64-Marketplace-${OCP}`,
        plan: 'ocp',
        region: 'us-east-1',
        state: 'active',
        version: '413.92.202305021736-0',
      },
    ])
  })

  it.each([
    ['from another owner', { OwnerId: '111122223333' }],
    ['without an owner ID', { OwnerId: undefined, ImageOwnerAlias: 'aws-marketplace' }],
    ['of another product', { Name: 'rhcos-413.92.202305021736-0-x86_64' }],
  ])('ignores an image %s', (_, rest) => {
    expect(read(rest)).toEqual([])
  })

  it.each(['pending', 'invalid', 'deregistered', 'failed', 'disabled'] as const)(
    'returns unavailable for the state %s',
    (State) => {
      expect(read({ State })).toMatchObject([{ state: 'unavailable' }])
    },
  )

  it('returns the date of a scheduled deprecation, and warns if the date is unreadable', () => {
    expect(read({ DeprecationTime: '2024-12-01T00:00:00.000Z' })).toMatchObject([
      { state: 'scheduled-for-deprecation', deprecation: '2024-12-01T00:00:00.000Z' },
    ])
    expect(read({ DeprecationTime: 'next year' })).toMatchObject([{ state: 'unknown' }])
    expect(read({ DeprecationTime: 'next year' })[0]).not.toHaveProperty('deprecation')
    expect(warnings[0]).toBe(
      'aws us-east-1: image ami-0123456789abcdef0 has an unreadable deprecation date: not selected',
    )
  })

  it.each<[string, Partial<Image>]>([
    ['without a state', { State: undefined }],
    ['with an empty state', { State: '' as 'available' }],
    ['without an architecture', { Architecture: undefined }],
    ['with an empty architecture', { Architecture: '' as 'x86_64' }],
  ])('uses the defaults for an image %s', (_, rest) => {
    expect(read(rest)).toMatchObject([{ architecture: 'x86_64', state: 'active' }])
    expect(warnings).toEqual([])
  })

  it.each([
    ['State', 'constructor of it'],
    ['State', '\u001b[31m'],
    ['Architecture', 'constructor'],
    ['Architecture', '__proto__'],
  ])('rejects the %s %j', (key, value) => {
    expect(() => read({ [key]: value })).toThrow(
      'aws us-east-1: image ami-0123456789abcdef0 has an unknown property: ',
    )
  })

  const BAD_ID = 'of the response is ignored: malformed id'
  const BAD_NAME =
    'aws us-east-1: image 1, ami-0123456789abcdef0, of the response is ignored: malformed name'
  it.each<[Partial<Image>, string]>([
    [{ ImageId: 'ami-\u001b[31m' }, `aws us-east-1: image 1 ${BAD_ID}`],
    [{ ImageId: 'ami-0123' }, `aws us-east-1: image 1 ${BAD_ID}`],
    [{ ImageId: 'ami-0123456789ABCDEF0' }, `aws us-east-1: image 1 ${BAD_ID}`],
    [{ Name: `a\nb-${OCP}` }, BAD_NAME],
    [{ Name: `a\u200bb-${OCP}` }, BAD_NAME],
    [{ Name: `a|b-${OCP}` }, BAD_NAME],
    [{ Name: `${'a'.repeat(93)}${OCP}` }, BAD_NAME],
  ])('ignores an image with %j and reports it', (rest, expected) => {
    expect(read(rest)).toEqual([])
    expect(warnings).toEqual([expected])
  })

  it('prefers the architecture of the image to that of the product', () => {
    expect(read({ Architecture: 'arm64' })).toMatchObject([{ architecture: 'aarch64' }])
    expect(() => read({ Architecture: 'i386' })).toThrow(
      'aws us-east-1: image ami-0123456789abcdef0 has an unknown property: i386',
    )
  })

  it('returns the name as the version, which selection refuses, when the name has no version', () => {
    const Name = `worker-${OCP}`
    expect(read({ Name })).toMatchObject([{ version: Name }])
  })

  it('accepts the owner of the partition and reports images of other owners', () => {
    const image = createImage({ OwnerId: '345084742485' })
    const gov = readImages([image, createImage()], criteria, 'us-gov-west-1', warn)
    expect(gov).toMatchObject([{ region: 'us-gov-west-1' }])
    expect(warnings).toEqual([
      'aws us-gov-west-1: 1 image ignored: owned by another account, not by AWS Marketplace (345084742485)',
    ])
    warnings = []
    expect(readImages([image], criteria, 'cn-north-1', warn)).toEqual([])
    expect(warnings).toEqual([
      'aws cn-north-1: 1 image ignored: owned by another account, not by AWS Marketplace',
    ])
  })
})
