import type { Image } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { readImages } from '../../../../src/capture/clouds/aws/images.ts'
import { type AwsCriteria, BUILT_IN } from '../../../../src/core/criteria/criteria.ts'
import type { Selection } from '../../../../src/core/selection/select.ts'
import { selectImages } from '../../../../src/core/selection/selections.ts'
import { type AwsImage, getImageId, MARKETPLACE } from '../../../mock-servers/aws-image.ts'
import { demonstrationImages, PRODUCTS, REGIONS } from '../../../mock-servers/aws-images.ts'

const RELEASE = '418.94.202410090804-0'

/** Converts an image of the mock server to an image of the EC2 client. */
function convertImage(image: AwsImage): Image {
  return {
    ImageId: getImageId(image),
    Name: image.name,
    Description: image.description,
    State: image.state ?? 'available',
    OwnerId: image.owner ?? MARKETPLACE.id,
    Architecture: image.architecture,
    DeprecationTime: image.deprecationTime,
  }
}

function select(table: readonly AwsImage[], release = RELEASE, ocp = '4.18'): Selection[] {
  const images = REGIONS.flatMap((region) =>
    readImages(
      table.filter((image) => image.region === region).map(convertImage),
      BUILT_IN.aws as AwsCriteria,
      region,
      () => undefined,
    ),
  )
  const snapshot = {
    schemaVersion: 1 as const,
    stream: { name: 'rhcos-4.18', distro: 'rhcos' as const, ocp, url: '', signatures: true },
    criteria: BUILT_IN,
    builds: {},
    images: { aws: images },
    queries: { aws: REGIONS.map((region) => ({ region, images: 1 })) },
    capturedAt: '2026-03-01T00:00:00Z',
  }
  const releases = new Map([
    ['aarch64', release],
    ['x86_64', release],
  ])
  return selectImages(snapshot, releases)
}

const getName = ({ image }: Selection) => String(image?.name)

describe('selection on AWS', () => {
  const selections = select(demonstrationImages())

  it.each(PRODUCTS)(
    'returns the same build in each region for $plan $architecture, if available',
    (product) => {
      const architecture = product.architecture === 'arm64' ? 'aarch64' : 'x86_64'
      const matching = selections.filter(
        ({ slot }) => slot.plan === product.plan && slot.architecture === architecture,
      )
      expect(matching.map(({ slot, grade }) => `${slot.region} ${grade}`)).toEqual([
        'ap-southeast-2 exact',
        'eu-central-1 exact',
        'sa-east-1 older-release',
        'us-east-1 exact',
      ])
      for (const selection of matching) {
        expect(getName(selection)).toContain(product.id)
        expect(selection.image?.region).toBe(selection.slot.region)
        expect(selection.image?.version).toBe(
          selection.slot.region === 'sa-east-1' ? '415.92.202402201450-0' : RELEASE,
        )
      }
    },
  )

  it('rejects unsuitable images', () => {
    const chosen = new Set(selections.map(getName))
    for (const name of chosen) expect(name).not.toMatch(/pending|gone|old|copy|^worker/)
    const rejections = selections
      .find(({ slot }) => slot.plan === 'oke' && slot.region === 'us-east-1')
      ?.candidates.flatMap(({ image, refused }) => (refused ? [`${image.name}: ${refused}`] : []))
      .map((each) => each.replace(/-[0-9a-f]{8}-[0-9a-f-]{27}/, ''))
    expect(rejections?.sort()).toEqual([
      'RHEL-9.4-RHCOS-9.6_HVM_GA-20260210-aarch64-0: later RHEL version',
      'rhcos-418.94.202410090804-0-aarch64-gone: not available',
      'rhcos-418.94.202410090804-0-aarch64-old: deprecated by the cloud',
      'rhcos-418.94.202410090804-0-aarch64-pending: not available',
      'worker-aarch64: unreadable version',
    ])
  })
})
