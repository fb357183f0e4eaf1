import type { Definition } from 'nock'
import { compareAsNumbers } from '../../../core/clouds/order.ts'
import type { AwsCriteria } from '../../../core/criteria/criteria.ts'
import {
  isAmiId,
  isAmiName,
  isAwsRegion,
  isOneOf,
  isState,
  isTime,
} from '../../../core/snapshot/values.ts'
import type { Exchange } from '../../http/message.ts'
import { plainDescription, recordedTime, tokenDigest } from '../normalize.ts'
import { getOwner } from './images.ts'
import { type Elements, filterXml } from './xml.ts'

/** The elements that are kept of each action's response. */
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

/** The form of a text that is kept. */
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
 * Keeps EC2's responses without the signature and the account: images of other owners, which may be
 * the account's own, and malformed names are dropped.
 * @param publicOrigin a region's own origin, with its port
 */
export function recordAws(
  { method, path, status, response, body, region }: Exchange,
  criteria: AwsCriteria,
  publicOrigin: (region: string) => string,
  spellToken: (token: string) => string = tokenDigest,
): Definition | undefined {
  const form = recordForm(body, spellToken)
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
      if (name === 'description') return plainDescription(text)
      if (name === 'deprecationTime') return String(recordedTime(text))
      if (name === 'nextToken') return text === '' ? undefined : spellToken(text)
      return VALUES[name]?.(text) ? text : undefined
    },
  })
  if (kept === undefined) return undefined
  return { scope: publicOrigin(region), method, path, body: form, status, response: kept }
}

function recordForm(
  body: Definition['body'],
  spellToken: (token: string) => string,
): Record<string, string> {
  const parameters: [string, string][] =
    typeof body === 'string' ? [...new URLSearchParams(body)] : Object.entries(Object(body))
  return Object.fromEntries(
    parameters
      .filter(([name]) => PARAMETERS.test(name))
      .map(([name, value]) => [name, name === 'NextToken' ? spellToken(value) : value] as const)
      .sort(([a], [b]) => compareAsNumbers(a, b)),
  )
}
