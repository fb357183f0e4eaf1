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
import { getEncodings, PLANTED } from './planted.ts'

let folder: string
const at = (name: string) => join(folder, name)
const SECRETS = Object.values(PLANTED)
/** Secrets that a header, a tag or a message can contain. */
const ASCII_SECRETS = SECRETS.filter((secret) => /^[\x20-\x7e]+$/.test(secret))
const SKU = /skus\/418-v2\/versions/
const TOKEN = /oauth2\/v2\.0\/token/

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

/** Returns all files of the folder with their names, and the output of a run. */
async function readOutput({ stdout, stderr }: Outcome): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name !== 'rhcos.json')
  const files = await Promise.all(names.map((name) => readFile(at(name), 'utf8')))
  return [...names, ...files, stdout, stderr].join('\n')
}

function expectNoSecrets(output: string, secrets: readonly string[], { stderr }: Outcome): void {
  const lowerCase = output.toLowerCase()
  const found = secrets.filter((secret) =>
    getEncodings(secret).some((encoded) => lowerCase.includes(encoded.toLowerCase())),
  )
  expect(found, stderr).toEqual([])
}

const hasKnownForm = (secret: string) => findSecret(secret, { published: '' }) !== undefined

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Returns a response that lists one version for each secret. */
const listVersions = (item: (secret: string) => object) =>
  JSON.stringify(
    SECRETS.map((secret, index) => ({
      name: `418.94.${20240101 + index}`,
      location: 'eastus',
      properties: { architecture: 'x64', hyperVGeneration: 'V2' },
      ...item(secret),
    })),
  )
const createFaults = (item: (secret: string) => object): FaultRule[] => [
  { path: SKU, fault: { kind: 'body', body: listVersions(item) } },
]
const withProperty = (member: string) => (secret: string) => ({
  properties: { architecture: 'x64', hyperVGeneration: 'V2', [member]: secret },
})

describe('capture does not store a secret', () => {
  it.each<[name: string, rules: FaultRule[]]>([
    ['in an unknown key', createFaults((secret) => ({ planted: secret }))],
    ['as a key', createFaults((secret) => ({ [secret]: 1 }))],
    ['in nested tags', createFaults((secret) => ({ tags: { a: [{ b: secret }] } }))],
    ['in type and etag', createFaults((secret) => ({ type: secret, etag: secret }))],
    ['in properties.replicaType', createFaults(withProperty('replicaType'))],
    ['in properties.imageDeprecationStatus', createFaults(withProperty('imageDeprecationStatus'))],
    [
      'in a deprecation status',
      createFaults((secret) => ({
        properties: {
          imageDeprecationStatus: {
            imageState: 'Active',
            scheduledDeprecationTime: secret,
            alternativeOption: { type: secret, value: secret },
          },
        },
      })),
    ],
    ['as a version name', createFaults((secret) => ({ name: secret }))],
  ])('%s', async (_, faults) => {
    const mockServer = await azureFor(imagesBeforeBump(), { faults })
    const outcome = await capture(mockServer, at('s.json'), [
      '--stream',
      at('rhcos.json'),
      '--debug',
    ])
    expect(outcome.status).toBe(0)
    const secrets = [...SECRETS, ...Object.values(mockServer.account)]
    expectNoSecrets(await readOutput(outcome), secrets, outcome)
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })

  it('in headers, tags and additional information', async () => {
    const mockServer = await azureFor(imagesBeforeBump(), { secrets: ASCII_SECRETS })
    const outcome = await capture(mockServer, at('s.json'), [
      '--stream',
      at('rhcos.json'),
      '--debug',
    ])
    expect(outcome.status).toBe(0)
    const secrets = [...SECRETS, ...Object.values(mockServer.account)]
    expectNoSecrets(await readOutput(outcome), secrets, outcome)
  })
})

describe('capture from another cloud does not store a secret', () => {
  /** Descriptions and messages are stored or printed, so only secrets with a known form are removed from them. */
  const secretsWithForm = ASCII_SECRETS.filter(hasKnownForm)
  const describeImage = (secret: string) => `RHEL CoreOS 418.94.202410090804-0 ${secret}`

  const captureAws = async (options: Parameters<typeof awsFor>[0]) => {
    const { environment: env } = await awsFor({ secrets: ASCII_SECRETS, ...options })
    const args = ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', at('rhcos.json')]
    return run(['capture', at('s.json'), ...args, '--debug'], { env })
  }
  const captureGcp = async (options: Parameters<typeof gcpFor>[0]) => {
    const { environment: env, url } = await gcpFor({ secrets: ASCII_SECRETS, ...options })
    const args = ['--cloud', 'gcp', '--gcp-endpoint', url, '--stream', at('rhcos.json')]
    return run(['capture', at('s.json'), ...args, '--debug'], { env })
  }

  it('prints no id of the account in an unknown error of GCP', async () => {
    const project = 'mock-server-project-417'
    const message = `Request is prohibited for project ${project}, 98765432101 and 4829-1553-7706.`
    const body = JSON.stringify({
      error: { code: 403, message, errors: [{ reason: 'orgRestricted', message }] },
    })
    const { status, stderr } = await captureGcp({
      faults: [{ path: /images/, fault: { kind: 'body', status: 403, body } }],
    })
    expect(status).toBe(3)
    expect(stderr).toContain('returned 403 orgRestricted: Request is prohibited for project ')
    for (const id of [project, '98765432101', '4829-1553-7706']) expect(stderr).not.toContain(id)
  })

  it.each<
    [name: string, status: number, secrets: readonly string[], captureCloud: () => Promise<Outcome>]
  >([
    ['in AWS locations and tags', 0, ASCII_SECRETS, () => captureAws({})],
    [
      'in AWS descriptions',
      0,
      secretsWithForm,
      () =>
        captureAws({
          images: secretsWithForm.map((secret, index) => ({
            region: 'us-east-1',
            architecture: 'x86_64',
            creationDate: '2024-10-10T00:00:00.000Z',
            name: `rhcos-${index}-59ead7de-2540-4653-a8b0-fa7926d5c845`,
            description: describeImage(secret),
          })),
        }),
    ],
    [
      'in an AWS error message',
      3,
      ASCII_SECRETS,
      () =>
        captureAws({
          faults: [
            {
              path: /./,
              fault: {
                kind: 'body',
                status: 403,
                type: 'text/xml',
                body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${ASCII_SECRETS.map(escapeXml).join(' ')}</Message></Error></Errors></Response>`,
              },
            },
          ],
        }),
    ],
    ['in GCP labels', 0, ASCII_SECRETS, () => captureGcp({ listable: true })],
    ['in a GCP list that is forbidden', 0, ASCII_SECRETS, () => captureGcp({})],
    [
      'in GCP descriptions',
      0,
      secretsWithForm,
      () =>
        captureGcp({
          listable: true,
          images: secretsWithForm.map((secret, index) => ({
            name: `redhat-coreos-ocp-${index}`,
            creationTimestamp: '2024-10-10T00:00:00.000-07:00',
            description: describeImage(secret),
          })),
        }),
    ],
    [
      'in a GCP error message',
      3,
      secretsWithForm,
      () =>
        captureGcp({
          faults: [
            {
              path: /images/,
              fault: {
                kind: 'body',
                status: 400,
                body: JSON.stringify({
                  error: {
                    code: 400,
                    message: secretsWithForm.join(' '),
                    errors: [{ reason: ASCII_SECRETS[0] }],
                  },
                }),
              },
            },
          ],
        }),
    ],
  ])('%s', async (_, status, secrets, captureCloud) => {
    const outcome = await captureCloud()
    expect(outcome).toMatchObject({ status })
    expectNoSecrets(await readOutput(outcome), secrets, outcome)
    if (status === 0) expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })
})

describe('capture does not print or store a secret', () => {
  const createError = (secret: string) =>
    JSON.stringify({
      error: { code: secret, message: secret, target: secret, details: [{ code: secret }] },
      error_description: `AADSTS7000215: ${secret}`,
      error_codes: [secret],
    })
  const places: [place: string, createRule: (secret: string) => FaultRule][] = [
    [
      'in a 403 error',
      (secret) => ({ path: SKU, fault: { kind: 'body', status: 403, body: createError(secret) } }),
    ],
    [
      'in a 404 error',
      (secret) => ({ path: SKU, fault: { kind: 'body', status: 404, body: createError(secret) } }),
    ],
    [
      'in an HTML page',
      (secret) => ({
        path: SKU,
        fault: { kind: 'body', body: `<p>${secret}</p>`, type: 'text/html' },
      }),
    ],
    [
      'in invalid JSON',
      (secret) => ({ path: SKU, fault: { kind: 'body', body: `[{"name": ${secret}` } }),
    ],
    [
      'as an architecture',
      (secret) => ({
        path: SKU,
        fault: {
          kind: 'body',
          body: JSON.stringify([{ name: '418.94.1', properties: { architecture: secret } }]),
        },
      }),
    ],
    [
      'in a redirect location',
      (secret) => ({
        path: SKU,
        fault: { kind: 'redirect', location: `https://127.0.0.1:1/${encodeURIComponent(secret)}` },
      }),
    ],
    [
      'in a sign-in error',
      (secret) => ({
        path: TOKEN,
        fault: { kind: 'body', status: 401, body: createError(secret) },
      }),
    ],
    [
      'in an invalid sign-in response',
      (secret) => ({
        path: TOKEN,
        fault: { kind: 'body', body: JSON.stringify({ planted: secret, access_token: 7 }) },
      }),
    ],
  ]
  it.each(places)('%s', async (name, createRule) => {
    // Each secret takes one run, so each place gets a share of the secrets.
    const share = SECRETS.filter(
      (_, index) => index % places.length === places.findIndex(([place]) => place === name),
    )
    // The message of the cloud is printed if its code is unknown.
    const isMessagePrinted = /in a 40[34] error/.test(name)
    const secrets = isMessagePrinted
      ? share.filter(hasKnownForm)
      : [...share, PLANTED['a secret that is a word'] ?? '']
    for (const secret of secrets) {
      const mockServer = await azureFor(imagesBeforeBump(), { faults: [createRule(secret)] })
      const outcome = await capture(mockServer, at('s.json'), [
        '--stream',
        at('rhcos.json'),
        '--debug',
      ])
      const forbidden = [secret, ...Object.values(mockServer.account)]
      expectNoSecrets(await readOutput(outcome), forbidden, outcome)
      await Promise.all(['s.json', 's.recording.json'].map((each) => rm(at(each), { force: true })))
    }
  })
})
