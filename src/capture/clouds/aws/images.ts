import type { Image } from '@aws-sdk/client-ec2'
import { compareAsNumbers } from '../../../core/clouds/order.ts'
import type { AwsArchitecture, AwsCriteria } from '../../../core/criteria/criteria.ts'
import type { Architecture, AwsImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import {
  isAmiId,
  isAmiName,
  isAwsRegion,
  isOneOf,
  isState,
  isTime,
} from '../../../core/snapshot/values.ts'
import { readVersion, releaseIn } from '../../../core/versions/version.ts'
import { counted } from '../../../printable.ts'
import type { Exchange } from '../../http/message.ts'
import {
  ImageReader,
  malformedMessage,
  scrubDescription,
  scrubTime,
  scrubToken,
} from '../normalize.ts'
import { type Elements, filterXml } from './xml.ts'

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

/** A marketplace offering: the images whose names contain its id. */
interface Product {
  readonly id: string
  readonly plan: string
  readonly architecture: AwsArchitecture
}

export function getProducts({ plans }: AwsCriteria): Product[] {
  return Object.entries(plans).flatMap(([plan, products]) =>
    Object.entries(products).map(([architecture, id]) => ({
      id,
      plan,
      architecture: architecture as AwsArchitecture,
    })),
  )
}

/** Each partition of AWS has its own accounts and sign-ins. */
export function getPartition(region: string): string {
  const [, name] = /^(us-gov|cn|us-iso[a-z]?|eu-isoe|eusc)-/.exec(region) ?? []
  return name === undefined ? 'aws' : `aws-${name}`
}

/** The account of AWS Marketplace in the partition of a region, if the criteria have one. */
function getOwner({ owner, owners }: AwsCriteria, region: string): string | undefined {
  const partition = getPartition(region)
  return partition === 'aws' ? owner : owners?.[partition]
}

/**
 * The images of a region with the owner and the products of the criteria. The owner is checked because
 * any account may give an image the name of a marketplace image.
 * @throws ServiceError for an unknown property
 */
export function readImages(
  listed: readonly Image[],
  criteria: AwsCriteria,
  region: string,
  warn: (text: string) => void,
): AwsImage[] {
  const products = getProducts(criteria)
  const owner = getOwner(criteria, region)
  const ofProducts = listed.flatMap((image, at) => {
    const product = products.find(({ id }) => String(image.Name).includes(id))
    return product ? [{ image, product, which: `image ${at + 1}` }] : []
  })
  const owned = ofProducts.filter(({ image }) => image.OwnerId === owner)
  const others = ofProducts.length - owned.length
  if (others > 0) {
    const whose = `not by AWS Marketplace${owner ? ` (${owner})` : ''}`
    warn(`aws ${region}: ${counted(others, 'image')} ignored: owned by another account, ${whose}`)
  }
  return owned.flatMap(({ image, product, which }) => {
    const { ImageId: id, Name: name } = image
    if (!isAmiId(id) || !isAmiName(name)) {
      const [place, member] = isAmiId(id) ? [`${which}, ${id},`, 'name'] : [which, 'id']
      warn(malformedMessage(`aws ${region}`, place, member))
      return []
    }
    const { plan, architecture } = product
    const reader = new ImageReader(`aws ${region}: image ${id}`, warn)
    const state = reader.readState(STATES, image.State)
    return {
      architecture: reader.read<Architecture>(ARCHITECTURES, image.Architecture, architecture),
      ...reader.withDeprecation(state, image.DeprecationTime, 'scheduled-for-deprecation'),
      image: id,
      name,
      plan,
      region,
      // Selection reports and refuses a name in place of a version.
      version: findVersion(name, String(image.Description ?? '')) ?? name,
    }
  })
}

/** `RHEL-9.4-RHCOS-4.18_HVM_GA-20251119-…`: OCP 4.18, or RHEL 9.6, and the day of publication. */
const GENERAL_AVAILABILITY = /RHCOS-([0-9]+\.[0-9]+)_HVM_GA-([0-9]{8})(?![0-9])/

/** The release in the name, else in the description, else a version of form C or B from a newer name. */
export function findVersion(name: string, description: string): string | undefined {
  const [, version, day] = GENERAL_AVAILABILITY.exec(name) ?? []
  const named = `${version}.${day}`
  return (
    releaseIn(name) ?? releaseIn(description) ?? (version && readVersion(named) ? named : undefined)
  )
}

const ELEMENTS: Readonly<Record<string, Elements>> = {
  DescribeRegions: { regionInfo: { item: { regionName: 'text', optInStatus: 'text' } } },
  DescribeImages: {
    imagesSet: {
      item: {
        ...{ imageId: 'text', imageState: 'text', imageOwnerId: 'text', creationDate: 'text' },
        ...{ architecture: 'text', name: 'text', description: 'text', deprecationTime: 'text' },
      },
    },
    nextToken: 'text',
  },
}

const VALUES: Readonly<Record<string, (text: string) => boolean>> = {
  regionName: isAwsRegion,
  optInStatus: isState,
  imageId: isAmiId,
  imageState: isState,
  imageOwnerId: (text) => /^[0-9]{12}$/.test(text),
  creationDate: isTime,
  architecture: isOneOf('x86_64', 'arm64'),
  name: isAmiName,
}

const PARAMETERS =
  /^(Action|Version|MaxResults|NextToken|Owner\.[0-9]+|Filter\.[0-9]+\.(Name|Value\.[0-9]+))$/

/**
 * Keeps responses of EC2 without the signature and the account. Images of other owners, which may be
 * the account, and malformed names are dropped.
 * @param publicOrigin origin of a region, with port
 */
export function recordAws(
  { method, path, status, response, body, region }: Exchange,
  criteria: AwsCriteria,
  publicOrigin: (region: string) => string,
  isLive = true,
): Exchange | undefined {
  const form = recordForm(body, isLive)
  const action = form.Action ?? ''
  const elements = Object.hasOwn(ELEMENTS, action) ? ELEMENTS[action] : undefined
  if (method !== 'POST' || path !== '/' || status !== 200) return undefined
  if (region === undefined || elements === undefined || typeof response !== 'string') {
    return undefined
  }
  const owner = getOwner(criteria, region)
  const kept = filterXml(response, `${action}Response`, {
    elements,
    isKept(list, member) {
      const isValid = (name: string) => VALUES[name]?.(member(name)) === true
      if (list === 'regionInfo') return isValid('regionName')
      const isOwned = owner !== undefined && member('imageOwnerId') === owner
      return isOwned && isValid('imageId') && isValid('name')
    },
    edit(name, text) {
      if (name === 'description') return scrubDescription(text)
      if (name === 'deprecationTime') return String(scrubTime(text))
      if (name === 'nextToken') return text === '' ? undefined : scrubToken(text, isLive)
      return VALUES[name]?.(text) ? text : undefined
    },
  })
  if (kept === undefined) return undefined
  return { scope: publicOrigin(region), method, path, body: form, status, response: kept }
}

function recordForm(body: Exchange['body'], isLive: boolean): Readonly<Record<string, string>> {
  const token = (value: string) => scrubToken(value, isLive)
  return Object.fromEntries(
    [...new URLSearchParams(body)]
      .filter(([name]) => PARAMETERS.test(name))
      .map(([name, value]) => [name, name === 'NextToken' ? token(value) : value] as const)
      .sort(([a], [b]) => compareAsNumbers(a, b)),
  )
}
