import type { Image } from '@aws-sdk/client-ec2'
import type { AwsCriteria } from '../../../core/criteria/criteria.ts'
import type { Architecture, AwsImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import { isAmiId, isAmiName, isState, isTime } from '../../../core/snapshot/values.ts'
import { releaseIn } from '../../../core/versions/release-in.ts'
import { readVersion } from '../../../core/versions/version.ts'
import { ServiceError } from '../../../errors.ts'
import { printable } from '../../../printable.ts'
import { knownIn, leftOut, unknownProperty, unknownState } from '../odd.ts'
import { type Product, productsOf } from './products.ts'

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x86_64: 'x86_64',
  arm64: 'aarch64',
}

const STATES: Readonly<Record<string, ImageState>> = {
  available: 'active',
  pending: 'unavailable',
  invalid: 'unavailable',
  deregistered: 'unavailable',
  transient: 'unavailable',
  failed: 'unavailable',
  error: 'unavailable',
  disabled: 'unavailable',
}

/**
 * Reads a region's answer: the images of the criteria's owner and products. An owner is not taken
 * on trust, although the question names it: anybody may give an image a marketplace image's name.
 * An image whose state is a new word is kept, and never chosen.
 *
 * @param note hears of such a state, and of what is left out
 * @throws ServiceError for an image without an id, or with a property that is not known
 */
export function readImages(
  listed: readonly Image[],
  criteria: AwsCriteria,
  region: string,
  note: (text: string) => void,
): AwsImage[] {
  const products = productsOf(criteria)
  return listed.flatMap((image, at) => {
    const { ImageId: id, Name: name } = image
    const product = products.find((each) => String(name).includes(each.id))
    if (product === undefined || image.OwnerId !== criteria.owner) return []
    if (!id) {
      throw new ServiceError(
        `aws ${region}: image ${printable(String(name))} has no id`,
        'Ask again, without a proxy.',
      )
    }
    if (!isAmiId(id)) {
      note(leftOut(`aws ${region}`, `image ${at + 1}`, 'id'))
      return []
    }
    if (!isAmiName(name)) {
      note(leftOut(`aws ${region}`, `image ${at + 1}, ${id},`, 'name'))
      return []
    }
    return [readImage(image, { id, name, region, product, note })]
  })
}

interface Place {
  readonly id: string
  readonly name: string
  readonly region: string
  readonly product: Product
  readonly note: (text: string) => void
}

function readImage(
  { State: state, DeprecationTime: time, Architecture: kind, Description: description }: Image,
  { id, name, region, product, note }: Place,
): AwsImage {
  const read = <T>(table: Readonly<Record<string, T>>, value: string): T => {
    const known = knownIn(table, value)
    if (known !== undefined) return known
    throw unknownProperty(`aws ${region}: image ${id}`, printable(value))
  }
  const stateOf = (value: string): ImageState => {
    if (Object.hasOwn(STATES, value) || !isState(value)) return read(STATES, value)
    note(unknownState(`aws ${region}`, id, value))
    return 'unknown'
  }
  const deprecation = isTime(time) ? time : undefined
  const told = state ? stateOf(String(state)) : 'active'
  return {
    architecture: kind ? read(ARCHITECTURES, String(kind)) : product.architecture,
    ...(deprecation !== undefined && { deprecation }),
    image: id,
    name,
    plan: product.plan,
    region,
    state: told === 'active' && deprecation ? 'scheduled-for-deprecation' : told,
    // A name as a version is refused by selection, which says so.
    version: versionOf(name, String(description ?? '')) ?? name,
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
