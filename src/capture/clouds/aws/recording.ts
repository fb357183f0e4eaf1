import type { Definition } from 'nock'
import { compareAsNumbers } from '../../../core/clouds/order.ts'
import {
  isAmiId,
  isAmiName,
  isAwsRegion,
  isOneOf,
  isState,
  isTime,
} from '../../../core/snapshot/values.ts'
import { plainDescription } from '../description.ts'
import { digestOf } from '../token.ts'
import { type Edit, type Elements, XmlDocument } from './xml.ts'

/** What may be kept of each action's answer. */
const ANSWERS: Readonly<Record<string, Elements>> = {
  DescribeRegions: { regionInfo: { item: { regionName: 'text', optInStatus: 'text' } } },
  DescribeImages: {
    imagesSet: {
      item: {
        imageId: 'text',
        imageState: 'text',
        imageOwnerId: 'text',
        creationDate: 'text',
        architecture: 'text',
        name: 'text',
        description: 'text',
        deprecationTime: 'text',
      },
    },
    nextToken: 'text',
  },
}

/** What a text has to look like to be kept; a description is looked at by itself. */
const VALUES: Readonly<Record<string, (text: string) => boolean>> = {
  regionName: isAwsRegion,
  optInStatus: isState,
  imageId: isAmiId,
  imageState: isState,
  imageOwnerId: (text) => /^[0-9]{12}$/.test(text),
  creationDate: isTime,
  architecture: isOneOf('x86_64', 'arm64'),
  name: isAmiName,
  deprecationTime: isTime,
}

/** What a question says; whatever else a request's form holds is left out. */
const PARAMETERS =
  /^(Action|Version|MaxResults|NextToken|Owner\.[0-9]+|Filter\.[0-9]+\.(Name|Value\.[0-9]+))$/

/** The scope of a signature names the region, also where one endpoint stands for all. */
const SIGNATURE = /Credential=[^/]+\/[0-9]{8}\/([a-z0-9-]+)\/ec2\/aws4_request/

/**
 * Keeps EC2's answers, without the signature and whatever tells of the account: images of other
 * owners, which may be its own, are taken out, and paging tokens become digests of themselves. So are
 * images and regions with names that EC2 has none of, as the capture leaves them out too.
 *
 * @param exchange as nock writes it
 * @param owner the account of AWS Marketplace
 * @param publicHost a region's own origin, as nock writes it, which takes the place of the one asked
 * @param spell what becomes of a paging token
 */
export function recordAws(
  exchange: Definition,
  owner: string,
  publicHost: (region: string) => string,
  spell: (token: string) => string = digestOf,
): Definition | undefined {
  const { method, path, status, response } = exchange
  const region = SIGNATURE.exec(String(exchange.reqheaders?.authorization))?.[1]
  const form = formOf(exchange.body, spell)
  const elements = Object.hasOwn(ANSWERS, form.Action ?? '')
    ? ANSWERS[form.Action ?? '']
    : undefined
  if (method !== 'POST' || path !== '/' || status !== 200) return undefined
  if (region === undefined || elements === undefined) return undefined
  if (typeof response !== 'string') return undefined
  const document = XmlDocument.read(response)
  if (document?.name !== `${form.Action}Response`) return undefined
  const isWhole = (textOf: (name: string) => string | undefined, ...names: readonly string[]) =>
    names.every((name) => VALUES[name]?.(textOf(name) ?? ''))
  document.filter(
    'imagesSet',
    (textOf) => textOf('imageOwnerId') === owner && isWhole(textOf, 'imageId', 'name'),
  )
  document.filter('regionInfo', (textOf) => isWhole(textOf, 'regionName'))
  document.keep(elements, (name, text) => scrub(name, text, spell))
  return {
    scope: publicHost(region),
    method,
    path,
    body: form,
    status,
    response: document.print(),
  }
}

function scrub(name: string, text: string, spell: (token: string) => string): ReturnType<Edit> {
  if (name === 'description') return plainDescription(text)
  if (name === 'nextToken') return text === '' ? undefined : spell(text)
  return VALUES[name]?.(text) ? text : undefined
}

/** A form's parameters in their order by name, those that a question has. */
function formOf(
  body: Definition['body'],
  spell: (token: string) => string,
): Record<string, string> {
  const parameters =
    typeof body === 'string'
      ? [...new URLSearchParams(body)]
      : Object.entries((body ?? {}) as Record<string, string>)
  return Object.fromEntries(
    parameters
      .filter(([name]) => PARAMETERS.test(name))
      .map(([name, value]) => [name, name === 'NextToken' ? spell(value) : value] as const)
      .sort(([a], [b]) => compareAsNumbers(a, b)),
  )
}
