import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeBomb } from '../mock-servers/server.ts'
import { type Outcome, run } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { type BadServers, startBadServers, startElsewhere } from './front.ts'
import { LASTING, OLD, PASSING, redirectsTo, type Trial } from './network-faults.ts'
import { SERVICES, type Service } from './services.ts'
import { SIGN_INS } from './sign-ins.ts'

const USAGE = fileURLToPath(new URL('usage.js', import.meta.url))
const FILES = ['s.json', 's.recording.json']

const WAYS = { ...SERVICES, ...SIGN_INS }

interface Way extends Service {
  readonly folder: string
  /** One fault befalls it at a time. */
  busy: Promise<unknown>
}

const ways = new Map<string, Way>()
let bad: BadServers
/** There already when the trials are listed, which name it. */
const elsewhere = await startElsewhere()

beforeAll(async () => {
  makeBomb(300)
  bad = await startBadServers(['oauth2.googleapis.com'])
  // Not all at once: a machine that has only these to do is as late as one that lacks them.
  for (const [name, start] of Object.entries(WAYS)) await open(name, start)
}, 180_000)

afterAll(async () => {
  await Promise.all([...ways.values(), bad, elsewhere].map((each) => each.close()))
  await Promise.all(
    [...ways.values()].map(({ folder }) =>
      rm(folder, { recursive: true, force: true, maxRetries: 3 }),
    ),
  )
})

async function open(name: string, start: (folder: string) => Promise<Service>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'))
  await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
  const service = await start(folder)
  await writeFile(join(folder, 'ca.pem'), [...service.trusted, bad.trusted].join('\n'))
  const way = { ...service, folder, busy: Promise.resolve() }
  ways.set(name, way)
  const outcome = await capture(way, { name: 'nothing' })
  expect({ name, ...outcome }, outcome.stderr).toMatchObject({ status: 0, stdout: '' })
  await Promise.all(
    FILES.map((file) => copyFile(join(folder, file), join(folder, file.replace('s.', 'well.')))),
  )
}

type Told = Outcome & { readonly seconds: number; readonly megabytes: number }

async function capture(way: Way, trial: Trial): Promise<Told> {
  const { http, wire, times, timeout = 15 } = trial
  const fault = http && { path: way.path, fault: http, ...(times !== undefined && { times }) }
  way.setFaults(fault ? [fault] : [])
  way.front.set(
    wire === 'reset' || wire === 'silent'
      ? wire
      : wire !== undefined && wire !== 'refused'
        ? { port: bad.ports[wire] }
        : undefined,
  )
  const nobody = (text: string) => text.replaceAll(`127.0.0.1:${way.front.port}`, '127.0.0.1:1')
  const moved = wire === 'refused' ? nobody : (text: string) => text
  const env = Object.entries(way.env).map(([name, text]) => [name, moved(text)])
  const usage = join(way.folder, 'usage.json')
  const started = Date.now()
  const outcome = await run(
    ['capture', 's.json', '--timeout', String(timeout), '--patience', '20'].concat(
      way.args.map(moved),
    ),
    {
      cwd: way.folder,
      env: {
        ...Object.fromEntries(env),
        ...(way.trusted.length > 0 && { NODE_EXTRA_CA_CERTS: join(way.folder, 'ca.pem') }),
        USAGE: usage,
      },
      node: ['--import', USAGE],
    },
  )
  const { megabytes } = JSON.parse(await readFile(usage, 'utf8'))
  return { ...outcome, seconds: (Date.now() - started) / 1000, megabytes }
}

const getTexts = (way: Way, start: string) =>
  Promise.all(FILES.map((file) => readFile(join(way.folder, file.replace('s.', start)), 'utf8')))

/** Whether the trial means anything to it. */
function isFor(name: string, { wire }: Trial): boolean {
  if (wire === 'refused') return name !== 'Google, a person'
  if (wire === undefined || wire === 'reset' || wire === 'silent') return true
  return name !== 'build server'
}

/**
 * Each trial with the services that show something of their own: the first of a kind with all, any other
 * with one service and one sign-in in turn, since all share one HTTP client.
 * Those that run together are of different services.
 */
const cells = (trials: readonly Trial[]) =>
  trials.flatMap((trial, index) =>
    (EVERYWHERE.has(trial.name) ? Object.keys(WAYS) : inTurn(trial, index)).map((name) => ({
      name,
      fault: trial.name,
      trial,
    })),
  )

const EVERYWHERE = new Set([
  '429 once, with Retry-After: 1',
  '403',
  'half of the JSON',
  'a redirect with 307',
])

const inTurn = (trial: Trial, index: number) =>
  [SERVICES, SIGN_INS].flatMap((group) => {
    const names = Object.keys(group).filter((name) => isFor(name, trial))
    return names.slice(index % names.length, (index % names.length) + 1)
  })

/** Runs a trial when nothing else befalls the same one, and holds what goes for all. */
async function attempt(name: string, trial: Trial, judge: (told: Told, way: Way) => unknown) {
  const way = ways.get(name) as Way
  const turn = way.busy.then(async () => {
    for (const file of FILES) {
      await copyFile(join(way.folder, file.replace('s.', 'well.')), join(way.folder, file))
    }
    const told = await capture(way, trial)
    expect(told.seconds).toBeLessThan(60)
    expect(told.megabytes).toBeLessThan(400)
    const texts = await getTexts(way, 's.')
    for (const secret of [...way.secrets, 'planted-person']) {
      expect([told.stdout, told.stderr, ...texts].join('\n')).not.toContain(secret)
    }
    expect(
      (await readdir(way.folder)).filter((file) => /^\.|tmp$/.test(file) && file !== '.aws'),
    ).toEqual([])
    await judge(told, way)
  })
  way.busy = turn.catch(() => undefined)
  await turn
}

async function expectAsBefore(way: Way): Promise<void> {
  expect(await getTexts(way, 's.')).toEqual(await getTexts(way, 'well.'))
}

/** Progress of a query that waits. */
const WAIT = /^(?!stream-snapshot: ).*: (waiting for|the server requires a wait)/

/** No response was received, so none may be reported. */
const UNANSWERED = /^(refused|reset|silence|TLS|headers that)/

/** One line that names the question and the cause, and one that says what to do. */
function expectOneLine({ stderr }: Told, { name, said }: Trial): void {
  const lines = stderr.split('\n').filter((line) => !WAIT.test(line))
  expect(lines, stderr).toHaveLength(3)
  expect(lines[0]).toMatch(/^stream-snapshot: ((azure|aws|gcp)( \S+)*|http:\/\/\S+): ./)
  expect(lines[1]).toMatch(/^[A-Z].*[.:]/)
  if (said !== undefined) expect(lines[0]).toMatch(said)
  if (UNANSWERED.test(name)) expect(lines[0]).not.toMatch(/returned|the response is/)
}

it.concurrent.each(cells([...PASSING, OLD]))('$name gets over: $fault', async ({ name, trial }) => {
  await attempt(name, trial, async ({ status, stderr }, way) => {
    expect(stderr).not.toContain('stream-snapshot: ')
    expect(status).toBe(0)
    await expectAsBefore(way)
  })
})

/** The only answers that say that there is nothing. */
const NOTHING =
  /^(Resource Manager|Compute): (404|no body|an empty object|null|a list)|^Compute: 403/

it.concurrent.each(cells(LASTING))('$name ends at: $fault', async ({ name, trial }) => {
  await attempt(name, trial, async (told, way) => {
    if (NOTHING.test(`${name}: ${trial.name}`)) expect([0, 3]).toContain(told.status)
    else expect(told.status).toBe(3)
    if (told.status === 0) return
    expectOneLine(told, trial)
    await expectAsBefore(way)
  })
})

it.concurrent.each(cells(redirectsTo(elsewhere.url)))(
  '$name follows none: $fault',
  async ({ name, trial }) => {
    await attempt(name, trial, async (told, way) => {
      expect(told.status).toBe(3)
      expectOneLine(told, trial)
      expect(elsewhere.connections()).toBe(0)
      await expectAsBefore(way)
    })
  },
)
