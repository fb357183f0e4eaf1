import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeBomb } from '../mock-servers/server.ts'
import { type Outcome, run } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import {
  createRedirects,
  HTTP_1_0,
  type NetworkFault,
  PERMANENT,
  TEMPORARY,
} from './network-faults.ts'
import { type BadServers, startBadServers, startRedirectTarget } from './network-servers.ts'
import { SERVICES, type Service } from './services.ts'
import { SIGN_INS } from './sign-ins.ts'

const USAGE = fileURLToPath(new URL('usage.js', import.meta.url))
const FILES = ['s.json', 's.recording.json']

const TARGETS = { ...SERVICES, ...SIGN_INS }

/** A service or a sign-in with the folder of its captures. */
interface Target extends Service {
  readonly folder: string
  /** The running test; each target runs one test at a time. */
  pending: Promise<unknown>
}

const targets = new Map<string, Target>()
let badServers: BadServers
/** The list of tests contains its URL, so it starts before the tests are collected. */
const redirectTarget = await startRedirectTarget()

beforeAll(async () => {
  makeBomb(300)
  badServers = await startBadServers(['oauth2.googleapis.com'])
  // One after another: starting all targets at once is not faster.
  for (const [name, start] of Object.entries(TARGETS)) await startTarget(name, start)
}, 180_000)

afterAll(async () => {
  await Promise.all([...targets.values(), badServers, redirectTarget].map((each) => each.close()))
  await Promise.all(
    [...targets.values()].map(({ folder }) =>
      rm(folder, { recursive: true, force: true, maxRetries: 3 }),
    ),
  )
})

async function startTarget(
  name: string,
  start: (folder: string) => Promise<Service>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'))
  await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
  const service = await start(folder)
  await writeFile(join(folder, 'ca.pem'), [...service.trusted, badServers.trusted].join('\n'))
  const target = { ...service, folder, pending: Promise.resolve() }
  targets.set(name, target)
  const outcome = await capture(target, { name: 'no fault' })
  expect({ name, ...outcome }, outcome.stderr).toMatchObject({ status: 0, stdout: '' })
  await Promise.all(
    FILES.map((file) =>
      copyFile(join(folder, file), join(folder, file.replace('s.', 'original.'))),
    ),
  )
}

type Result = Outcome & { readonly seconds: number; readonly megabytes: number }

async function capture(target: Target, fault: NetworkFault): Promise<Result> {
  const { http, connection, times, timeout = 15 } = fault
  const rule = http && { path: target.path, fault: http, ...(times !== undefined && { times }) }
  target.setFaults(rule ? [rule] : [])
  target.forwarder.setMode(
    connection === 'reset' || connection === 'silent'
      ? connection
      : connection !== undefined && connection !== 'refused'
        ? { port: badServers.ports[connection] }
        : undefined,
  )
  const address = `127.0.0.1:${target.forwarder.port}`
  const replaceAddress = (text: string) =>
    connection === 'refused' ? text.replaceAll(address, '127.0.0.1:1') : text
  const env = Object.entries(target.env).map(([name, text]) => [name, replaceAddress(text)])
  const usage = join(target.folder, 'usage.json')
  const started = Date.now()
  const outcome = await run(
    ['capture', 's.json', '--timeout', String(timeout), '--patience', '20'].concat(
      target.args.map(replaceAddress),
    ),
    {
      cwd: target.folder,
      env: {
        ...Object.fromEntries(env),
        ...(target.trusted.length > 0 && { NODE_EXTRA_CA_CERTS: join(target.folder, 'ca.pem') }),
        USAGE: usage,
      },
      node: ['--import', USAGE],
    },
  )
  const { megabytes } = JSON.parse(await readFile(usage, 'utf8'))
  return { ...outcome, seconds: (Date.now() - started) / 1000, megabytes }
}

const readFiles = (target: Target, prefix: string) =>
  Promise.all(
    FILES.map((file) => readFile(join(target.folder, file.replace('s.', prefix)), 'utf8')),
  )

/** Google sign-in goes through a proxy, so its address cannot be replaced; the build server uses HTTP. */
function isApplicable(name: string, { connection }: NetworkFault): boolean {
  if (connection === 'refused') return name !== 'Google with a user login'
  if (connection === undefined || connection === 'reset' || connection === 'silent') return true
  return name !== 'build server'
}

/**
 * Runs some faults for all targets, and each other fault for one service and one sign-in in rotation,
 * because all targets share one HTTP client.
 */
const createCases = (faults: readonly NetworkFault[]) =>
  faults.flatMap((fault, index) =>
    (FOR_ALL_TARGETS.has(fault.name) ? Object.keys(TARGETS) : rotate(fault, index)).map((name) => ({
      name,
      fault,
    })),
  )

const FOR_ALL_TARGETS = new Set([
  '429 once, with Retry-After: 1',
  '403',
  'half of the JSON',
  'a redirect with 307',
])

const rotate = (fault: NetworkFault, index: number) =>
  [SERVICES, SIGN_INS].flatMap((group) => {
    const names = Object.keys(group).filter((name) => isApplicable(name, fault))
    return names.slice(index % names.length, (index % names.length) + 1)
  })

/** Runs a fault after the pending test of the target, and checks what applies to every fault. */
async function attempt(
  name: string,
  fault: NetworkFault,
  expectResult: (result: Result, target: Target) => unknown,
) {
  const target = targets.get(name) as Target
  const current = target.pending.then(async () => {
    for (const file of FILES) {
      await copyFile(
        join(target.folder, file.replace('s.', 'original.')),
        join(target.folder, file),
      )
    }
    const result = await capture(target, fault)
    expect(result.seconds).toBeLessThan(60)
    expect(result.megabytes).toBeLessThan(400)
    const texts = await readFiles(target, 's.')
    for (const secret of [...target.secrets, 'planted-person']) {
      expect([result.stdout, result.stderr, ...texts].join('\n')).not.toContain(secret)
    }
    expect(
      (await readdir(target.folder)).filter((file) => /^\.|tmp$/.test(file) && file !== '.aws'),
    ).toEqual([])
    await expectResult(result, target)
  })
  target.pending = current.catch(() => undefined)
  await current
}

async function expectUnchanged(target: Target): Promise<void> {
  expect(await readFiles(target, 's.')).toEqual(await readFiles(target, 'original.'))
}

/** The progress of a query that waits. */
const WAIT = /^(?!stream-snapshot: ).*: (waiting for|the server requires a wait)/

/** Faults without a response, so the message must not report a response. */
const WITHOUT_RESPONSE = /^(connection|reset|TLS|no headers)/

/** Expects one line with the query and the cause, and one line with the remedy. */
function expectOneError({ stderr }: Result, { name, message }: NetworkFault): void {
  const lines = stderr.split('\n').filter((line) => !WAIT.test(line))
  expect(lines, stderr).toHaveLength(3)
  expect(lines[0]).toMatch(/^stream-snapshot: ((azure|aws|gcp)( \S+)*|http:\/\/\S+): ./)
  expect(lines[1]).toMatch(/^[A-Z].*[.:]/)
  if (message !== undefined) expect(lines[0]).toMatch(message)
  if (WITHOUT_RESPONSE.test(name)) expect(lines[0]).not.toMatch(/returned|the response is/)
}

it.concurrent.each(createCases([...TEMPORARY, HTTP_1_0]))(
  'capture succeeds despite a fault in $name: $fault.name',
  async ({ name, fault }) => {
    await attempt(name, fault, async ({ status, stderr }, target) => {
      expect(stderr).not.toContain('stream-snapshot: ')
      expect(status).toBe(0)
      await expectUnchanged(target)
    })
  },
)

/** Responses that mean that there are no images, so the capture can succeed. */
const NO_IMAGES =
  /^(Resource Manager|Compute): (404|an empty body|an empty object|null|keys with null|an empty list)|^Compute: 403/

it.concurrent.each(createCases(PERMANENT))(
  'capture fails and changes no file after a fault in $name: $fault.name',
  async ({ name, fault }) => {
    await attempt(name, fault, async (result, target) => {
      if (NO_IMAGES.test(`${name}: ${fault.name}`)) expect([0, 3]).toContain(result.status)
      else expect(result.status).toBe(3)
      if (result.status === 0) return
      expectOneError(result, fault)
      await expectUnchanged(target)
    })
  },
)

it.concurrent.each(createCases(createRedirects(redirectTarget.url)))(
  'capture does not follow $fault.name from $name',
  async ({ name, fault }) => {
    await attempt(name, fault, async (result, target) => {
      expect(result.status).toBe(3)
      expectOneError(result, fault)
      expect(redirectTarget.connections()).toBe(0)
      await expectUnchanged(target)
    })
  },
)
