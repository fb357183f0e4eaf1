import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { makeCertificate } from '../mock-servers/certificate.ts'
import type { FaultRule } from '../mock-servers/faults.ts'
import { azureFor, capture } from '../support/azure.ts'
import { type Outcome, run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { tried } from './outcomes.ts'

let folder: string
const at = (name: string) => join(folder, name)
const both = () =>
  Promise.all(['s.json', 's.recording.json'].map((name) => readFile(at(name), 'utf8')))

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

/** The text of a snapshot without what tells when it was taken. */
const contentOf = (text: string) => {
  const { capturedAt, integrity, recording, ...content } = JSON.parse(text)
  return content
}

const SKU = /skus\/418-v2\/versions/
const TOKEN = /oauth2\/v2\.0\/token/
const NAMED = /^stream-snapshot: azure(?: [\w-]+:[\w-]+:[\w-]+)?: .+/

function expectRefusal({ status, stdout, stderr }: Outcome, message: RegExp): void {
  const [line = '', remedy = '', ...more] = stderr.split('\n')
  expect(line).toMatch(NAMED)
  expect(line).toMatch(message)
  expect({ status, stdout, more: more.join('') }).toEqual({ status: 3, stdout: '', more: '' })
  expect(remedy).not.toContain('bug in stream-snapshot')
}

describe('a capture that gets over a fault', () => {
  it.each<[name: string, rules: FaultRule[]]>([
    [
      '429 with Retry-After',
      [{ path: SKU, fault: { kind: 'status', status: 429, retryAfter: 1 }, times: 2 }],
    ],
    ['503, a burst over all', [{ path: /skus/, fault: { kind: 'status', status: 503 }, times: 5 }]],
    ['a connection reset', [{ path: SKU, fault: { kind: 'reset' }, times: 1 }]],
    ['a late answer within the time', [{ path: SKU, fault: { kind: 'late', milliseconds: 1500 } }]],
    [
      'a sign-in that fails for a moment',
      [{ path: TOKEN, fault: { kind: 'status', status: 503 }, times: 1 }],
    ],
  ])('%s', async (name, faults) => {
    const [well, ill] = [
      await azureFor(imagesAfterBump()),
      await azureFor(imagesAfterBump(), { faults }),
    ]
    const args = ['--stream', at('rhcos.json')]
    expect(await capture(well, at('well.json'), args)).toMatchObject({ status: 0 })
    expect(await capture(ill, at('s.json'), args)).toMatchObject({ status: 0 })
    expect(ill.requests.some(({ fault }) => fault !== undefined)).toBe(true)
    const [snapshot = '', recording] = await both()
    expect(contentOf(snapshot)).toEqual(contentOf(await readFile(at('well.json'), 'utf8')))
    expect(recording).toBe(await readFile(at('well.recording.json'), 'utf8'))
    tried('capture', name, 'the right snapshot')
  })
})

describe('a capture that ends with exit 3', () => {
  const first = (rule: Omit<FaultRule, 'path'>, path = SKU) => ({ faults: [{ path, ...rule }] })
  it.each<[name: string, options: { faults?: FaultRule[] }, message: RegExp, more?: object]>([
    ['429 without Retry-After', first({ fault: { kind: 'status', status: 429 } }), /returned 429/],
    ['503, all the time', first({ fault: { kind: 'status', status: 503 } }), /returned 503/],
    ['401', first({ fault: { kind: 'status', status: 401 } }), /returned 401/],
    ['403', first({ fault: { kind: 'status', status: 403 } }), /returned 403/],
    ['a reset, all the time', first({ fault: { kind: 'reset' } }), /reset/],
    [
      'an answer cut off in the body',
      first({ fault: { kind: 'cut-off' } }),
      /cut off|no complete answer/,
    ],
    ['truncated JSON', first({ fault: { kind: 'truncated' } }), /not JSON/],
    ['HTML with status 200', first({ fault: { kind: 'html' } }), /not a list of images/],
    [
      'JSON of another shape',
      first({ fault: { kind: 'body', body: '{"value":[{"name":7}]}' } }),
      /the response is not a list of images/,
    ],
    [
      'nesting 100,000 deep',
      first({ fault: { kind: 'body', body: '['.repeat(100_000) + ']'.repeat(100_000) } }),
      /list of images|not JSON/,
    ],
    [
      'headers that come too late',
      first({ fault: { kind: 'late', milliseconds: 60_000 } }),
      /no complete response within 2 s/,
    ],
    [
      'a body that stops half-way',
      first({ fault: { kind: 'stall' } }),
      /no complete response within 2 s/,
    ],
    [
      'a sign-in that is late',
      first({ fault: { kind: 'late', milliseconds: 60_000 } }, TOKEN),
      /no complete response within 2 s/,
    ],
    [
      'a sign-in that stops half-way',
      first({ fault: { kind: 'stall' } }, TOKEN),
      /no complete response within 2 s/,
    ],
    ['a sign-in cut off', first({ fault: { kind: 'cut-off' } }, TOKEN), /cut off/],
    ['a sign-in of HTML', first({ fault: { kind: 'html' } }, TOKEN), /the response is not JSON/],
    [
      'a sign-in of 401',
      first({ fault: { kind: 'status', status: 401 } }, TOKEN),
      /sign-in at 127\.0\.0\.1:[0-9]+ returned 401/,
    ],
    ['a wrong secret', {}, /\(AADSTS7000215\)/, { AZURE_CLIENT_SECRET: 'not-the-secret-at-all' }],
    [
      'a wrong tenant',
      {},
      /AADSTS90002|credentials/,
      { AZURE_TENANT_ID: '11111111-1111-4111-8111-111111111111' },
    ],
    [
      'a subscription that is none',
      {},
      /SubscriptionNotFound/,
      { AZURE_SUBSCRIPTION_ID: '11111111-1111-4111-8111-111111111111' },
    ],
    [
      'an untrusted certificate',
      {},
      /TLS: the certificate is self-signed/,
      { NODE_EXTRA_CA_CERTS: '' },
    ],
  ])('%s', async (name, options, message, env = {}) => {
    const well = await azureFor(imagesBeforeBump())
    const args = ['--stream', at('rhcos.json'), '--timeout', '2']
    expect(await capture(well, at('s.json'), ['--stream', at('rhcos.json')])).toMatchObject({
      status: 0,
    })
    const before = await both()
    const ill = await azureFor(imagesAfterBump(), options)
    const started = Date.now()
    const outcome = await capture(ill, at('s.json'), args, env as Record<string, string>)
    expectRefusal(outcome, message)
    expect(Date.now() - started).toBeLessThan(40_000)
    expect(await both()).toEqual(before)
    expect((await readdir(folder)).sort()).toEqual(['rhcos.json', 's.json', 's.recording.json'])
    tried('capture', name, outcome.stderr.split('\n')[0] ?? '')
  })

  it.each([
    ['a host that nobody knows', 'https://nobody.invalid', /host not found|host name/],
    ['a port where nobody listens', 'https://127.0.0.1:1', /connection refused/],
  ])('%s', async (name, endpoint, message) => {
    const mockServer = await azureFor(imagesBeforeBump())
    const args = ['capture', at('s.json'), '--stream', at('rhcos.json'), '--timeout', '5']
    const outcome = await run([...args, '--azure-endpoint', endpoint], {
      env: mockServer.environment,
    })
    expectRefusal(outcome, message)
    tried('capture', name, outcome.stderr.split('\n')[0] ?? '')
  })

  it.each([301, 302, 303, 307, 308])(
    'a redirect to another host with %d: the token stays',
    async (status) => {
      const heard: (string | undefined)[] = []
      const certificate = await makeCertificate()
      const other = createServer(
        { key: certificate.key, cert: certificate.pem },
        (request, response) => {
          heard.push(request.headers.authorization)
          response.end('[]')
        },
      )
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      onTestFinished(async () => {
        other.closeAllConnections()
        other.close()
        await certificate.remove()
      })
      const location = `https://localhost:${(other.address() as AddressInfo).port}/`
      const mockServer = await azureFor(imagesBeforeBump(), {
        faults: [{ path: SKU, fault: { kind: 'redirect', location, status } }],
      })
      const trusted = await readFile(mockServer.certificateFile, 'utf8')
      await writeFile(at('ca.pem'), `${trusted}\n${certificate.pem}`)
      const outcome = await capture(mockServer, at('s.json'), ['--stream', at('rhcos.json')], {
        NODE_EXTRA_CA_CERTS: at('ca.pem'),
      })
      expectRefusal(outcome, new RegExp(`returned ${status}`))
      expect(heard).toEqual([])
      tried('capture', `a redirect to another host with ${status}`, 'exit 3, nobody asked there')
    },
  )
})

describe('an answer that is odd', () => {
  const item = (name: unknown, more: object = {}) => ({
    name,
    location: 'eastus',
    properties: { architecture: 'x64', hyperVGeneration: 'V2' },
    ...more,
  })
  const answer = (items: readonly unknown[]) => [
    { path: SKU, fault: { kind: 'body', body: JSON.stringify(items) } } as const,
  ]
  const versionsIn = async () =>
    JSON.parse(await readFile(at('s.json'), 'utf8'))
      .images.azure.filter(({ sku }: { sku: string }) => sku === '418-v2')
      .map(({ version }: { version: string }) => version)

  it.each<[name: string, versions: unknown[], kept: string[]]>([
    ['a version twice', ['418.94.20250122', '418.94.20250122'], ['418.94.20250122']],
    ['latest', ['latest', '418.94.20250122'], ['latest', '418.94.20250122']],
    ['two numbers', ['1.2', '418.94.20250122'], ['1.2', '418.94.20250122']],
    [
      '33 digits',
      [`${'9'.repeat(33)}.0.0`, '418.94.20250122'],
      ['418.94.20250122', `${'9'.repeat(33)}.0.0`],
    ],
    ['spaces', [' 418.94.20250122', '418 94', '418.94.20250122'], ['418.94.20250122']],
    [
      'digits of other scripts',
      ['٤١٨.94.20250122', '418.94.２０２５０１２２', '418.94.20250122'],
      ['418.94.20250122'],
    ],
    [
      'a terminal escape',
      ['\u001b[31m418.94.1', '418.94.20250122\u202e', '418.94.20250122'],
      ['418.94.20250122'],
    ],
    ['a key of prototypes', ['__proto__', 'constructor', '418.94.20250122'], ['418.94.20250122']],
    ['no version at all', [], []],
  ])('%s', async (name, versions, kept) => {
    const mockServer = await azureFor(imagesBeforeBump(), {
      faults: answer(versions.map((each) => item(each))),
    })
    const outcome = await capture(mockServer, at('s.json'), ['--stream', at('rhcos.json')])
    expect(outcome).toMatchObject({ status: 0 })
    expect((await versionsIn()).sort()).toEqual([...kept].sort())
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
    const { status, stdout } = await run([
      'regenerate',
      at('s.json'),
      '--target',
      at('rhcos.json'),
      '--output',
      'json',
    ])
    expect(status).toBe(0)
    const chosen = JSON.parse(stdout).selections.find(
      ({ architecture, generation, plan }: Record<string, unknown>) =>
        architecture === 'x86_64' && generation === 2 && plan === 'no-purchase-plan',
    )
    const image = kept.includes('418.94.20250122') ? '418.94.20250122' : '417.94.20240701'
    expect(chosen.image.version).toBe(image)
    tried('capture', `versions: ${name}`, 'the right snapshot, the right choice')
  })

  it('a body of 50 MB is none', async () => {
    const filler = 'x'.repeat(50_000)
    const items = Array.from({ length: 1000 }, (_, index) =>
      item(`418.94.${20000101 + index}`, { tags: { filler } }),
    )
    const mockServer = await azureFor(imagesBeforeBump(), { faults: answer(items) })
    const outcome = await capture(mockServer, at('s.json'), ['--stream', at('rhcos.json')])
    expectRefusal(outcome, /the response is longer than 8 MB/)
    tried('capture', 'an answer of 50 MB', outcome.stderr.split('\n')[0] ?? '')
  })
})
