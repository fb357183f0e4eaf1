import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { findSecret } from '../../src/secrets.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import type { FaultRule } from '../mock-servers/faults.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor, capture } from '../support/azure.ts'
import { type Outcome, run, temporaryFolder } from '../support/cli.ts'
import { gcpFor } from '../support/gcp.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { PLANTED, spellings } from './planted.ts'

let folder: string
const at = (name: string) => join(folder, name)
const SECRETS = Object.values(PLANTED)
const SKU = /skus\/418-v2\/versions/
const TOKEN = /oauth2\/v2\.0\/token/

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

/** All that a run left: its files, whatever their names, and what it printed. */
async function leftBy({ stdout, stderr }: Outcome): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name !== 'rhcos.json')
  const files = await Promise.all(names.map((name) => readFile(at(name), 'utf8')))
  return [...names, ...files, stdout, stderr].join('\n')
}

function expectNone(left: string, secrets: readonly string[], { stderr }: Outcome): void {
  const folded = left.toLowerCase()
  const found = secrets.filter((secret) =>
    spellings(secret).some((spelling) => folded.includes(spelling.toLowerCase())),
  )
  expect(found, stderr).toEqual([])
}

/** Places of an exchange into which each secret is put, one after the other in one answer. */
const list = (item: (secret: string) => object) =>
  JSON.stringify(
    SECRETS.map((secret, index) => ({
      name: `418.94.${20240101 + index}`,
      location: 'eastus',
      properties: { architecture: 'x64', hyperVGeneration: 'V2' },
      ...item(secret),
    })),
  )
const images = (item: (secret: string) => object): FaultRule[] => [
  { path: SKU, fault: { kind: 'body', body: list(item) } },
]
const known = (member: string) => (secret: string) => ({
  properties: { architecture: 'x64', hyperVGeneration: 'V2', [member]: secret },
})

describe('a secret in a response that is used', () => {
  it.each<[name: string, rules: FaultRule[]]>([
    ['an unknown member', images((secret) => ({ planted: secret }))],
    ['a key', images((secret) => ({ [secret]: 1 }))],
    ['tags, nested', images((secret) => ({ tags: { a: [{ b: secret }] } }))],
    ['type', images((secret) => ({ type: secret, etag: secret }))],
    ['properties.replicaType', images(known('replicaType'))],
    ['properties.imageDeprecationStatus', images(known('imageDeprecationStatus'))],
    [
      'the time of a deprecation',
      images(
        (secret) =>
          known('imageDeprecationStatus')(secret).properties && {
            properties: {
              imageDeprecationStatus: {
                imageState: 'Active',
                scheduledDeprecationTime: secret,
                alternativeOption: { type: secret, value: secret },
              },
            },
          },
      ),
    ],
    ['the name, beside others', images((secret) => ({ name: secret }))],
  ])('%s: is not kept', async (_name, faults) => {
    const mockServer = await azureFor(imagesBeforeBump(), { faults })
    const outcome = await capture(mockServer, at('s.json'), [
      '--stream',
      at('rhcos.json'),
      '--debug',
    ])
    expect([0, 3]).toContain(outcome.status)
    const left = await leftBy(outcome)
    expectNone(left, [...SECRETS, ...Object.values(mockServer.account)], outcome)
    if (outcome.status === 0)
      expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })

  it('headers, tags and additional information: are not kept', async () => {
    const secrets = SECRETS.filter((secret) => /^[\x20-\x7e]+$/.test(secret))
    const mockServer = await azureFor(imagesBeforeBump(), { secrets })
    const outcome = await capture(mockServer, at('s.json'), [
      '--stream',
      at('rhcos.json'),
      '--debug',
    ])
    expect(outcome.status).toBe(0)
    expectNone(await leftBy(outcome), [...SECRETS, ...Object.values(mockServer.account)], outcome)
  })
})

describe('a secret in a response of another cloud', () => {
  /** Those that a tag, a label or a message in XML and JSON may hold. */
  const secrets = SECRETS.filter((secret) => /^[\x20-\x7e]+$/.test(secret))
  /** Those that are known by their form; any other in a description or a message is the publisher's or the cloud's own. */
  const formed = secrets.filter(hasForm)
  const described = (at: number) => `RHEL CoreOS 418.94.202410090804-0 ${formed[at]}`

  const askAws = async (options: Parameters<typeof awsFor>[0]) => {
    const { environment: env } = await awsFor({ secrets, ...options })
    const args = ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', at('rhcos.json')]
    return run(['capture', at('s.json'), ...args, '--debug'], { env })
  }
  const askGcp = async (options: Parameters<typeof gcpFor>[0]) => {
    const { environment: env, url } = await gcpFor({ secrets, ...options })
    const args = ['--cloud', 'gcp', '--gcp-endpoint', url, '--stream', at('rhcos.json')]
    return run(['capture', at('s.json'), ...args, '--debug'], { env })
  }

  it.each<[name: string, status: number, ask: () => Promise<Outcome>]>([
    ['AWS: locations and tags', 0, () => askAws({})],
    [
      'AWS: descriptions',
      0,
      () =>
        askAws({
          images: formed.map((_, index) => ({
            region: 'us-east-1',
            architecture: 'x86_64',
            creationDate: '2024-10-10T00:00:00.000Z',
            name: `rhcos-${index}-59ead7de-2540-4653-a8b0-fa7926d5c845`,
            description: described(index),
          })),
        }),
    ],
    [
      'AWS: a refusal',
      3,
      () =>
        askAws({
          faults: [
            {
              path: /./,
              fault: {
                kind: 'body',
                status: 403,
                type: 'text/xml',
                body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${secrets.map(inXml).join(' ')}</Message></Error></Errors></Response>`,
              },
            },
          ],
        }),
    ],
    ['GCP: labels', 0, () => askGcp({ listable: true })],
    ['GCP: refusals of a list', 0, () => askGcp({})],
    [
      'GCP: descriptions',
      0,
      () =>
        askGcp({
          listable: true,
          images: formed.map((_, index) => ({
            name: `redhat-coreos-ocp-${index}`,
            creationTimestamp: '2024-10-10T00:00:00.000-07:00',
            description: described(index),
          })),
        }),
    ],
    [
      'GCP: a refusal',
      3,
      () =>
        askGcp({
          faults: [
            {
              path: /images/,
              fault: {
                kind: 'body',
                status: 400,
                body: JSON.stringify({
                  error: {
                    code: 400,
                    message: formed.join(' '),
                    errors: [{ reason: secrets[0] }],
                  },
                }),
              },
            },
          ],
        }),
    ],
  ])('%s: is not kept', async (name, status, ask) => {
    const outcome = await ask()
    const mine = /descriptions|GCP: a refusal$/.test(name) ? formed : secrets
    expect(outcome).toMatchObject({ status })
    expectNone(await leftBy(outcome), mine, outcome)
    if (status === 0) expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })
})

const hasForm = (secret: string) => findSecret(secret, { published: '' }) !== undefined

function inXml(text: string): string {
  return text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`)
}

describe('a secret in an error response', () => {
  const error = (secret: string) =>
    JSON.stringify({
      error: { code: secret, message: secret, target: secret, details: [{ code: secret }] },
      error_description: `AADSTS7000215: ${secret}`,
      error_codes: [secret],
    })
  const places: [name: string, rule: (secret: string) => FaultRule][] = [
    [
      'an error of 403',
      (secret) => ({ path: SKU, fault: { kind: 'body', status: 403, body: error(secret) } }),
    ],
    [
      'an error of 404',
      (secret) => ({ path: SKU, fault: { kind: 'body', status: 404, body: error(secret) } }),
    ],
    [
      'a page',
      (secret) => ({
        path: SKU,
        fault: { kind: 'body', body: `<p>${secret}</p>`, type: 'text/html' },
      }),
    ],
    [
      'broken JSON',
      (secret) => ({ path: SKU, fault: { kind: 'body', body: `[{"name": ${secret}` } }),
    ],
    [
      'an architecture',
      (secret) => ({
        path: SKU,
        fault: {
          kind: 'body',
          body: JSON.stringify([{ name: '418.94.1', properties: { architecture: secret } }]),
        },
      }),
    ],
    [
      'a location to go to',
      (secret) => ({
        path: SKU,
        fault: { kind: 'redirect', location: `https://127.0.0.1:1/${encodeURIComponent(secret)}` },
      }),
    ],
    [
      'the answer to a sign-in',
      (secret) => ({ path: TOKEN, fault: { kind: 'body', status: 401, body: error(secret) } }),
    ],
    [
      'a sign-in that is none',
      (secret) => ({
        path: TOKEN,
        fault: { kind: 'body', body: JSON.stringify({ planted: secret, access_token: 7 }) },
      }),
    ],
  ]
  it.each(places)('%s: is not shown', async (name, rule) => {
    // A few at a time, as every one of them is a run; over all places every one has its turn.
    const mine = SECRETS.filter(
      (_, index) => index % places.length === places.findIndex(([each]) => each === name),
    )
    // The cloud's own message is shown where its code is unknown.
    const isShown = name.startsWith('an error of')
    const all = isShown ? mine.filter(hasForm) : [...mine, PLANTED['a secret like a word'] ?? '']
    for (const secret of all) {
      const mockServer = await azureFor(imagesBeforeBump(), { faults: [rule(secret)] })
      const outcome = await capture(mockServer, at('s.json'), [
        '--stream',
        at('rhcos.json'),
        '--debug',
      ])
      expectNone(await leftBy(outcome), [secret, ...Object.values(mockServer.account)], outcome)
      await Promise.all(['s.json', 's.recording.json'].map((each) => rm(at(each), { force: true })))
    }
  })
})
