import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Alter } from '../mock-servers/server.ts'
import { AWS } from './aws.ts'
import { AZ, signIn } from './az.ts'
import { GCLOUD, hasGcloud } from './gcloud.ts'
import { startWorld, type World } from './world.ts'

/** A way in which a mock server's answer is not as its cloud's. */
interface Mutation {
  /** Of which requests. */
  readonly path: RegExp
  readonly change: readonly [from: RegExp, to: string]
  /** The comparison that notices it, and what it says. */
  readonly compare: (world: World) => Promise<void>
  readonly says: RegExp
}

const LIST = AZ['az vm image list -o json']
const SHOW = AZ['az vm image show']
const IMAGES = AWS['aws ec2 describe-images --include-deprecated']
const VERSIONS = /\/versions\?/
const VERSION = /\/versions\/[0-9.]+\?/

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'an architecture in capitals': {
    path: VERSIONS,
    change: [/"architecture": "x64"/g, '"architecture": "X64"'],
    compare: LIST,
    says: /az and the mock server/,
  },
  'a SKU that its offer does not list': {
    path: /\/offers\/aro4\/skus\?/,
    change: [/\{[^{]*\{[^{]*\{[^{}]*\}\s*\}[^{}]*"name": "419-v2"[^{}]*\},/, ''],
    compare: LIST,
    says: /az and the mock server/,
  },
  'a version without a name': {
    path: VERSIONS,
    change: [/"name": "418\.94\.20240916"/, '"name": null'],
    compare: LIST,
    says: /expected str instance, NoneType found/,
  },
  'a list in an object, as others of Resource Manager are': {
    path: VERSIONS,
    change: [/^(.*)$/s, '{"value": $1}'],
    compare: LIST,
    says: /Cannot deserialize as \[VirtualMachineImageResource\]/,
  },
  'a SKU without an id': {
    path: /\/offers\/aro4\/skus\?/,
    change: [/,\s*"id": "[^"]*\/Skus\/aro_418"/, ''],
    compare: AZ['az vm image list-skus'],
    says: /^ids/,
  },
  'the other generation': {
    path: VERSION,
    change: [/"hyperVGeneration": "V1"/, '"hyperVGeneration": "V2"'],
    compare: SHOW,
    says: /az and the mock server/,
  },
  'an id with other names': {
    path: VERSION,
    change: [/\/Offers\/rh-ocp-worker\//, '/Offers/rh-oke-worker/'],
    compare: SHOW,
    says: /az and capture/,
  },
  'a paid plan that asks for no terms': {
    path: VERSION,
    change: [/"plan": \{[^}]*\},/, ''],
    compare: SHOW,
    says: /az and capture/,
  },
  'a page without a token for the next': {
    path: /^\/$/,
    change: [/<nextToken>[^<]*<\/nextToken>/, ''],
    compare: IMAGES,
    says: /aws and the mock server/,
  },
  'an AMI without an id': {
    path: /^\/$/,
    change: [/<imageId>[^<]*<\/imageId>/, ''],
    compare: IMAGES,
    says: /aws and the mock server/,
  },
  'an architecture that EC2 does not have': {
    path: /^\/$/,
    change: [/<architecture>x86_64</g, '<architecture>amd64<'],
    compare: IMAGES,
    says: /aws and the mock server/,
  },
  'an AMI that tells nothing of its deprecation': {
    path: /^\/$/,
    change: [/<deprecationTime>[^<]*<\/deprecationTime>/g, ''],
    compare: IMAGES,
    says: /aws and the mock server/,
  },
  'a region that is called otherwise than its host': {
    path: /^\/$/,
    change: [/<regionName>eu-central-1</, '<regionName>eu-central-9<'],
    compare: AWS['aws ec2 describe-regions'],
    says: /endpoints/,
  },
  ...(hasGcloud && {
    'a page of Google without a token for the next': {
      path: /\/global\/images/,
      change: [/"nextPageToken": "[^"]*",/, ''],
      compare: GCLOUD['gcloud compute images list'],
      says: /gcloud and the mock server/,
    },
    'an image of Google in another project': {
      path: /\/global\/images/,
      change: [
        /projects\/redhat-marketplace-public\/global\/images\/redhat/g,
        'projects/x/global/images/redhat',
      ],
      compare: GCLOUD['gcloud compute images list'],
      says: /gcloud and list/,
    },
  }),
}

let world: World

beforeAll(async () => {
  world = await startWorld()
  await signIn(world)
})
afterEach(() => world.alter())
afterAll(() => world.close())

it.each(Object.entries(MUTATIONS))('%s is noticed', async (_, { path, change, compare, says }) => {
  const alter: Alter = (body, request) => {
    const target = `${request.path}${request.query.size > 0 ? '?' : ''}`
    return path.test(target) ? body.replace(...change) : body
  }
  world.alter(alter)
  await expect(compare(world)).rejects.toThrow(says)
})
