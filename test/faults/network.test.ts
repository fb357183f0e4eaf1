import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, makeCertificate } from '../stand-in/certificate.ts'
import type { Fault, FaultRule } from '../stand-in/faults.ts'
import { bombOf } from '../stand-in/server.ts'
import { run } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { tried } from './outcomes.ts'
import { SERVICES, type Service } from './services.ts'

const USAGE = fileURLToPath(new URL('usage.js', import.meta.url))

const DEEP = 100_000
const status = (code: number, retryAfter?: number): Fault => ({
  kind: 'status',
  status: code,
  ...(retryAfter !== undefined && { retryAfter }),
})
const body = (text: string, type?: string): Fault => ({
  kind: 'body',
  body: text,
  ...(type !== undefined && { type }),
})

/** Faults that pass; then a capture is as if there had been none. */
const PASSING: readonly (readonly [name: string, fault: Fault, times: number])[] = [
  ['429, then Retry-After', status(429, 1), 1],
  ['503 twice', status(503), 2],
  ['a reset', { kind: 'reset' }, 1],
  ['a body cut off', { kind: 'cut-off' }, 1],
]

/** What a fault that stays may end with: an answer is an answer, and nothing is a refusal. */
const LASTING: readonly (readonly [name: string, fault: Fault, expected: RegExp | undefined])[] = [
  ['400', status(400), undefined],
  ['401', status(401), undefined],
  ['403', status(403), undefined],
  ['404', status(404), undefined],
  ['418', status(418), undefined],
  ['429', status(429), undefined],
  ['500', status(500), /50[03]/],
  ['502', status(502), /50[023]/],
  ['503', status(503), /503/],
  [
    '429, Retry-After an hour',
    status(429, 3600),
    /asked to wait 3600 s, and there is patience for 20/,
  ],
  ['503, Retry-After a day', status(503, 86_400), /asked to wait 86400 s/],
  ['429, Retry-After 10^12', status(429, 1e12), /asked to wait 1000000000000 s/],
  ['a reset', { kind: 'reset' }, /reset or cut off \(ECONNRESET\)/],
  ['a body cut off', { kind: 'cut-off' }, /reset or cut off \(ECONNRESET\)/],
  ['headers that do not come', { kind: 'late', milliseconds: 100_000 }, /within (2|20) s/],
  ['a body that stalls', { kind: 'stall' }, /within (2|20) s/],
  ['a body that drips', { kind: 'drip' }, /within (2|20) s/],
  ['a body without an end', { kind: 'endless' }, /too long|within (2|20) s/],
  ['a bomb of 300 MB', { kind: 'bomb', megabytes: 300 }, /too long/],
  ['truncated', { kind: 'truncated' }, undefined],
  ['a page', { kind: 'html' }, undefined],
  ['no body', body(''), undefined],
  ['null', body('null'), undefined],
  ['a number', body('7'), undefined],
  ['an empty object', body('{}'), undefined],
  ['an object of another kind', body('{"value":[{"name":7}],"error":7}'), undefined],
  ['XML of another kind', body('<?xml version="1.0"?><a><b/></a>', 'text/xml'), undefined],
  [
    'XML that is none',
    body('<?xml version="1.0"?><DescribeImagesResponse><', 'text/xml'),
    undefined,
  ],
  ['bytes', body('\u0000\u0001\ufffd'.repeat(100)), undefined],
  ['nesting 100,000 deep', body('['.repeat(DEEP) + ']'.repeat(DEEP)), undefined],
  ['nesting in an object', body(`${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`), undefined],
]

/** Nobody answered, so nothing may be told of an answer. */
const UNANSWERED = /^(a reset|headers that)/

describe.each(Object.keys(SERVICES))('%s', (name) => {
  let folder: string
  let service: Service
  let other: { certificate: Certificate; url: string; heard: string[]; close(): void }
  const at = (file: string) => join(folder, file)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faults-'))
    await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
    service = (await SERVICES[name]?.(folder)) as Service
    other = await startOther()
    bombOf(300)
    const well = await capture('well.json')
    expect(well).toMatchObject({ status: 0 })
  }, 60_000)

  afterAll(async () => {
    await service.close()
    other.close()
    await other.certificate.remove()
    await rm(folder, { recursive: true, force: true })
  })

  async function capture(file: string, rule?: Omit<FaultRule, 'path'>) {
    service.setFaults(rule === undefined ? [] : [{ path: service.path, ...rule }])
    const started = Date.now()
    const outcome = await run(
      ['capture', at(file), '--timeout', '2', '--patience', '20', ...service.args],
      { env: { ...service.env, USAGE: at('usage.json') }, node: ['--import', USAGE] },
    )
    const { megabytes } = JSON.parse(await readFile(at('usage.json'), 'utf8'))
    return { ...outcome, seconds: (Date.now() - started) / 1000, megabytes }
  }

  function note(
    fault: string,
    { status: code, seconds, megabytes, stderr }: Awaited<ReturnType<typeof capture>>,
  ) {
    const line = stderr.split('\n').find((each) => each.startsWith('stream-snapshot: ')) ?? ''
    const figures = `exit ${code}, ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`
    tried(`network: ${name}`, fault, `${figures}  ${line.replace('stream-snapshot: ', '')}`)
    expect(seconds).toBeLessThan(60)
    expect(megabytes).toBeLessThan(400)
  }

  it.each(PASSING)('gets over: %s', async (fault, kind, times) => {
    const outcome = await capture('s.json', { fault: kind, times })
    note(`${fault}, for a moment`, outcome)
    expect(outcome.stderr).not.toContain('stream-snapshot: ')
    expect(outcome.status).toBe(0)
    const [ill, well] = await Promise.all(
      ['s', 'well'].map((each) => readFile(at(`${each}.recording.json`), 'utf8')),
    )
    expect(ill).toBe(well)
    await Promise.all(['s.json', 's.recording.json'].map((each) => rm(at(each))))
  })

  it.each(LASTING)('ends at: %s', async (fault, kind, expected) => {
    const outcome = await capture('s.json', { fault: kind })
    note(fault, outcome)
    const lines = outcome.stderr
      .split('\n')
      .filter((line) => !/: waiting for|asks to wait/.test(line))
    expect([0, 3]).toContain(outcome.status)
    if (outcome.status === 3) {
      // One line that names the question and the cause, and one that says what to do.
      expect(lines).toHaveLength(3)
      expect(lines[0]).toMatch(/^stream-snapshot: (azure|aws|gcp|http:\/\/)\S*( \S+)?: ./)
      expect(lines[1]).toMatch(/^[A-Z].*[.:]/)
      if (expected !== undefined) expect(lines[0]).toMatch(expected)
      if (UNANSWERED.test(fault)) expect(lines[0]).not.toMatch(/answered|cannot be read|is no/)
      const left = (await readdir(folder)).filter((each) => each.startsWith('s.'))
      expect(left).toEqual([])
    } else {
      // The only answers that say that there is nothing.
      expect(`${name} ${fault}`).toMatch(
        /^(azure|gcp) (404|no body|an empty object|null|\[\])|^gcp 403/,
      )
      await Promise.all(['s.json', 's.recording.json'].map((each) => rm(at(each))))
    }
  })

  it.each([301, 302, 303, 307, 308])('follows no redirect: %d', async (code) => {
    const location = `${other.url}/elsewhere`
    const outcome = await capture('s.json', { fault: { kind: 'redirect', location, status: code } })
    note(`a redirect with ${code}`, outcome)
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toContain(String(code))
    expect(other.heard).toEqual([])
  })

  /** A host that would hear the tokens; the capture trusts it no less than the service. */
  async function startOther() {
    const certificate = await makeCertificate()
    const heard: string[] = []
    const server = createServer(
      { key: certificate.key, cert: certificate.pem },
      (request, response) => {
        heard.push(`${request.method} ${request.headers.authorization}`)
        response.end('{}')
      },
    )
    server.on('tlsClientError', () => heard.push('a connection'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return {
      certificate,
      heard,
      url: `https://localhost:${port}`,
      close: () => {
        server.closeAllConnections()
        server.close()
      },
    }
  }
})
