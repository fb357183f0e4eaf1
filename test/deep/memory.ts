/** Replaces the network and nock in memory, because they take most of the time of a model test. */
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { originWithPort, Shared } from '../../src/capture/http/message.ts'
import type { MockResponse, MockServer } from '../mock-servers/server.ts'

interface Sent {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type Respond = (sent: Sent) => MockResponse | Promise<MockResponse>

let replay: Respond | undefined
let isInMemory = false

/** Shared by all runs, so that they do not sign in again. */
const signIns = new Shared()

/**
 * Runs a sequence of commands in a new folder.
 * @param servers are called in memory; undefined uses the network and nock
 */
export async function playSequence(
  servers: readonly MockServer[] | undefined,
  play: (folder: string) => Promise<void>,
): Promise<void> {
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const folder = await mkdtemp(join(memory, 'stream-snapshot-model-'))
  try {
    await (servers ? withoutNetwork(servers, () => play(folder)) : play(folder))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function withoutNetwork(
  servers: readonly MockServer[],
  work: () => Promise<void>,
): Promise<void> {
  const respond: Respond = ({ url, headers, ...sent }) => {
    const server = servers.find((each) => url.origin === each.url)
    if (server === undefined) throw new Error(`${url}: no such server`)
    const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
    return server.respond({
      ...sent,
      path: url.pathname,
      query: url.searchParams,
      headers: { host: url.host, ...Object.fromEntries(names) },
    })
  }
  const original = [http.request, https.request]
  for (const each of [http, https]) {
    const { request: connect } = each
    const request = (url: URL, options: Pick<Sent, 'method' | 'headers'>) =>
      url instanceof URL
        ? new MemoryRequest({ url, ...options, body: '' }, replay ?? respond)
        : connect(url)
    Object.assign(each, { request })
  }
  const { once } = Shared.prototype
  Shared.prototype.once = (...args) => once.apply(signIns, args) as never
  isInMemory = true
  try {
    await work()
  } finally {
    isInMemory = false
    Object.assign(Shared.prototype, { once })
    for (const [at, each] of [http, https].entries()) Object.assign(each, { request: original[at] })
  }
}

class MemoryRequest extends EventEmitter {
  constructor(
    readonly sent: Sent,
    readonly respond: Respond,
  ) {
    super()
  }

  async end(body: string | Uint8Array = ''): Promise<void> {
    try {
      const sent = { ...this.sent, body: Buffer.from(body).toString() }
      const { status: statusCode, headers = {}, body: text = '' } = await this.respond(sent)
      const response = Readable.from([Buffer.from(text)], { objectMode: false })
      this.emit('response', Object.assign(response, { statusCode, headers }))
    } catch (error) {
      this.emit('error', error)
    }
  }

  destroy(): void {}
}

interface Interceptor {
  readonly isPath: (path: string) => boolean
  readonly method: string
  readonly isBody: ((body: string) => boolean) | undefined
  readonly response: MockResponse
}

const interceptors = new Map<string, Interceptor[]>()
const emitter = new EventEmitter()

/** The part of nock that a replay uses. */
const memoryNock = Object.assign(
  (scope: string) => ({
    persist() {
      return this
    },
    intercept: (isPath: Interceptor['isPath'], method: string, isBody: Interceptor['isBody']) => ({
      reply(status: number, content: unknown, headers: Record<string, string>) {
        const body = typeof content === 'string' ? content : JSON.stringify(content)
        const all = interceptors.get(scope) ?? []
        interceptors.set(scope, all)
        all.push({ isPath, method, isBody, response: { status, headers, body } })
      },
    }),
  }),
  {
    emitter,
    isActive: () => replay !== undefined,
    activate() {
      replay = ({ url, method, body }) => {
        const path = `${url.pathname}${url.search}`
        const found = interceptors
          .get(originWithPort(url))
          ?.find(
            (each) => each.method === method && each.isPath(path) && (each.isBody?.(body) ?? true),
          )
        if (found) return found.response
        emitter.emit('no match', { method, path })
        throw new Error(`no match: ${method} ${path}`)
      }
    },
    restore() {
      replay = undefined
    },
    cleanAll: () => interceptors.clear(),
    disableNetConnect() {},
    enableNetConnect() {},
  },
)

export type Nock = { readonly default: typeof memoryNock }

/** Uses `memoryNock` instead of nock while the network is replaced. */
export function replaceableNock<T extends typeof memoryNock>(nock: T): T {
  nock.restore()
  return new Proxy(nock, {
    apply: (_, __, [scope]) => (isInMemory ? memoryNock : nock)(scope),
    get: (_, name) => Reflect.get(isInMemory ? memoryNock : nock, name),
  })
}

type Verify = typeof import('../../src/capture/verify.ts')

/** Caches the last result, because `check` and `verify` verify the same files. */
export function cacheEvidence(verify: Verify): Verify {
  const cache = new Map<string, ReturnType<Verify['verifyEvidence']>>()
  const verifyEvidence: Verify['verifyEvidence'] = (evidence) => {
    const key = JSON.stringify(evidence)
    const result = cache.get(key) ?? verify.verifyEvidence(evidence)
    cache.clear()
    cache.set(key, result)
    return result
  }
  return { ...verify, verifyEvidence }
}
