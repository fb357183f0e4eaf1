import type { Image } from '@aws-sdk/client-ec2'
import type { AwsCriteria } from '../../../core/criteria/criteria.ts'
import type { Architecture, AwsImage } from '../../../core/snapshot/snapshot.ts'
import { releaseIn } from '../../../core/versions/release-in.ts'
import { readVersion } from '../../../core/versions/version.ts'
import { ServiceError } from '../../../errors.ts'
import { type Product, productsOf } from './products.ts'

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x86_64: 'x86_64',
  arm64: 'aarch64',
}

/**
 * Reads a region's answer: the images of the criteria's owner and products. An owner is not taken
 * on trust, although the question names it: anybody may give an image a marketplace image's name.
 *
 * @throws ServiceError for an image without an id, or of an architecture that is not known
 */
export function readImages(
  listed: readonly Image[],
  criteria: AwsCriteria,
  region: string,
): AwsImage[] {
  const products = productsOf(criteria)
  return listed.flatMap((image) => {
    const product = products.find(({ id }) => image.Name?.includes(id))
    if (product === undefined || image.OwnerId !== criteria.owner) return []
    return [readImage(image, product, region)]
  })
}

function readImage(image: Image, { plan, architecture }: Product, region: string): AwsImage {
  const { ImageId: id, Name: name = '', State: state, DeprecationTime: deprecation } = image
  const kind = image.Architecture
  const known = kind === undefined ? architecture : ARCHITECTURES[kind]
  if (id === undefined) {
    throw new ServiceError(`aws ${region}: image ${name} has no id`, 'Ask again, without a proxy.')
  }
  if (known === undefined) {
    throw new ServiceError(
      `aws ${region}: image ${id} has a property that is not known: ${kind}`,
      'A later version of stream-snapshot may know it.',
    )
  }
  const isAvailable = state === 'available'
  const version = versionOf(name, image.Description ?? '')
  return {
    architecture: known,
    ...(deprecation !== undefined && { deprecation }),
    image: id,
    name,
    plan,
    region,
    state: !isAvailable ? 'unavailable' : deprecation ? 'scheduled-for-deprecation' : 'active',
    // A name as a version is refused by selection, which says so.
    version: version ?? name,
  }
}

/** `RHEL-9.4-RHCOS-4.18_HVM_GA-20251119-…`: OCP 4.18, or RHEL 9.6, and the day of publication. */
const GENERAL_AVAILABILITY = /RHCOS-([0-9]+\.[0-9]+)_HVM_GA-([0-9]{8})(?![0-9])/

/**
 * The release that the name tells, else the description. Where neither does, newer names still tell
 * OCP or RHEL and a day: versions of form C or B.
 */
export function versionOf(name: string, description: string): string | undefined {
  const [, minor, day] = GENERAL_AVAILABILITY.exec(name) ?? []
  const named = minor === undefined ? undefined : `${minor}.${day}`
  return (
    releaseIn(name) ??
    releaseIn(description) ??
    (named !== undefined && readVersion(named) ? named : undefined)
  )
}
