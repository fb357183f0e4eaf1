import type { Image } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { readImages, versionOf } from '../../../../src/capture/clouds/aws/images.ts'
import type { AwsCriteria } from '../../../../src/core/criteria/criteria.ts'
import { BUILT_IN } from '../../../../src/core/criteria/read.ts'

const criteria = BUILT_IN.aws as AwsCriteria
const OCP = '59ead7de-2540-4653-a8b0-fa7926d5c845'

const listed = (rest: Partial<Image> = {}): Image => ({
  ImageId: 'ami-0123456789abcdef0',
  Name: `rhcos-413.92.202305021736-0-x86_64-Marketplace-${OCP}`,
  State: 'available',
  OwnerId: '679593333241',
  Architecture: 'x86_64',
  CreationDate: '2023-05-09T15:12:40.000Z',
  ...rest,
})
const read = (rest?: Partial<Image>) => readImages([listed(rest)], criteria, 'us-east-1')

describe('versionOf', () => {
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
  ])('reads %s, %j', (name, description, version) => {
    expect(versionOf(name, description)).toBe(version)
  })

  it.each([
    [`worker-${OCP}`, 'See the product page'],
    [`RHEL-9.4-RHCOS-4.18_HVM_GA-20251340-x86_64-0-${OCP}`, ''],
  ])('reads nothing in %s, %j', (name, description) => {
    expect(versionOf(name, description)).toBeUndefined()
  })
})

describe('readImages', () => {
  it('gives plan and architecture by the product id', () => {
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
    ['another owner', { OwnerId: '111122223333' }],
    ['an owner that is not told', { OwnerId: undefined, ImageOwnerAlias: 'aws-marketplace' }],
    ['another product', { Name: 'rhcos-413.92.202305021736-0-x86_64' }],
  ])('passes over an image of %s', (_, rest) => {
    expect(read(rest)).toEqual([])
  })

  it.each(['pending', 'invalid', 'deregistered', 'failed', 'disabled'] as const)(
    'calls an image that is %s not available',
    (State) => {
      expect(read({ State })).toMatchObject([{ state: 'unavailable' }])
    },
  )

  it('keeps when an image is deprecated, not whether', () => {
    expect(read({ DeprecationTime: '2024-12-01T00:00:00.000Z' })).toMatchObject([
      { state: 'scheduled-for-deprecation', deprecation: '2024-12-01T00:00:00.000Z' },
    ])
  })

  it('believes the image about its architecture', () => {
    expect(read({ Architecture: 'arm64' })).toMatchObject([{ architecture: 'aarch64' }])
    expect(() => read({ Architecture: 'i386' })).toThrow(
      'aws us-east-1: image ami-0123456789abcdef0 has a property that is not known: i386',
    )
  })

  it('keeps a name that nobody can read as the version, for selection to refuse', () => {
    const Name = `worker-${OCP}`
    expect(read({ Name })).toMatchObject([{ version: Name }])
  })
})
