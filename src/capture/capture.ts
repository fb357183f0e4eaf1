import pMap from 'p-map'
import type { WantedBuild } from '../core/builds/locate.ts'
import { mergeRecords, sortByMembers, sortImages } from '../core/clouds/order.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import {
  CLOUDS,
  type CloudName,
  type SnapshotContent,
  type StreamIdentity,
} from '../core/snapshot/snapshot.ts'
import type { MajorMinor } from '../core/versions/version.ts'
import { type StreamConfig, settingName } from '../core/workspace/workspace.ts'
import { InputError, ServiceError } from '../errors.ts'
import { findSecret } from '../secrets.ts'
import type { Cloud, Connection } from './clouds/cloud.ts'
import { CLOUD_TABLE } from './clouds/index.ts'
import { combineFailures, combineQueryFailures, settle, withoutIds } from './failures.ts'
import { Shared } from './http/message.ts'
import { type TimeLimit, withTimeLimit } from './http/time-limit.ts'
import { LONGEST_CAPTURE, openTransport } from './http/transport.ts'
import { Recorder, type Recording } from './recording.ts'
import type { Replay } from './replay.ts'

export interface CaptureRequest {
  readonly stream: StreamIdentity
  readonly criteria: Criteria
  readonly ocp: MajorMinor | undefined
  readonly clouds: readonly CloudName[]
  /** Endpoints and credentials; absent for a replay. */
  readonly settings?: Partial<Record<CloudName, unknown>>
  /** Whether to query a region of the criteria, the account or the recording; default: all. */
  readonly queriesRegion?: (region: string) => boolean
  readonly builds: readonly WantedBuild[]
  /** The stream in the workspace file, if its settings are from there. */
  readonly origin?: StreamConfig['origin']
  /** For one request, in milliseconds. */
  readonly timeout: number
  /** For one query with retries, waits and sign-in, in milliseconds; default 120 s. */
  readonly patience?: number
  readonly onWait?: ((text: string) => void) | undefined
  readonly concurrency: number
  readonly replay?: Recording | undefined
  readonly shared?: Shared | undefined
  /** Receives the number of finished queries of each cloud, and of builds. */
  readonly onProgress?: ((progress: readonly Progress[]) => void) | undefined
  /** Set if the caller searches for secrets, as `verify` does in the files. */
  readonly isSearched?: boolean
}

export interface Progress {
  /** A cloud's name, or `builds`. */
  readonly name: string
  readonly done: number
  readonly total: number
}

export interface Captured {
  readonly content: SnapshotContent
  readonly recording: Recording
  readonly notes: readonly string[]
}

/** Captures run one after another: a replay intercepts all requests of the process. */
let queue: Promise<unknown> = Promise.resolve()

/**
 * Sends every query to the clouds and reads every build, or takes the responses from a recording.
 * @throws ServiceError with a line for each query that failed
 */
export function capture(request: CaptureRequest): Promise<Captured> {
  const result = queue.then(() => run(request))
  queue = result.catch(() => undefined)
  return result.catch((error) => {
    throw combineFailures(error)
  })
}

async function run(request: CaptureRequest): Promise<Captured> {
  const { replay } = request
  // The SDKs load while the build server is queried.
  const clouds = loadClouds(request.clouds)
  if (replay !== undefined) {
    const { withReplay } = await import('./replay.ts')
    const ignored = (await clouds).flatMap(({ module }) => module.ignoredParameters)
    return withReplay(replay, ignored, (running) => new Run(request, clouds, running).result())
  }
  if (request.clouds.length + request.builds.length > 0) {
    ;(await import('./http/proxy.ts')).checkProxies()
  }
  return new Run(request, clouds, undefined).result()
}

interface Loaded {
  readonly name: CloudName
  readonly module: Cloud<object, object, unknown>
}

function loadClouds(clouds: readonly CloudName[]): Promise<Loaded[]> {
  const names = CLOUDS.filter((name) => clouds.includes(name))
  return Promise.all(names.map(async (name) => ({ name, module: await CLOUD_TABLE[name].load() })))
}

/** In milliseconds. */
const DEFAULT_TIME_LIMIT = 120_000

/** Between two messages about waiting, in milliseconds. */
const MESSAGE_INTERVAL = 10_000

class Run {
  readonly #recorder: Recorder
  readonly #ending = new AbortController()
  readonly #budget = { bytes: LONGEST_CAPTURE }
  readonly #progress: Progress[] = []
  readonly #warnings = new Set<string>()
  readonly #warn = (text: string) => void this.#warnings.add(text)
  readonly #limit: TimeLimit | undefined
  readonly replay: Replay | undefined

  constructor(
    readonly request: CaptureRequest,
    readonly clouds: Promise<readonly Loaded[]>,
    replay: Replay | undefined,
  ) {
    // A refused replay is over, so its other requests are not sent.
    this.replay = replay && {
      refuse: (unknown) => {
        replay.refuse(unknown)
        this.#ending.abort()
      },
    }
    this.#recorder = new Recorder(request.replay ?? [])
    this.#limit = replay ? undefined : timeLimit(request)
  }

  /** After a failure, requests of other queries would still run during the next capture. */
  result(): Promise<Captured> {
    return this.#capture().finally(() => this.#ending.abort())
  }

  async #capture(): Promise<Captured> {
    const { stream, criteria, isSearched } = this.request
    const results = this.clouds.then((clouds) => settle(clouds.map((each) => this.#query(each))))
    const [clouds, { builds, notes }] = await settle([results, this.#builds()] as const)
    const content: SnapshotContent = {
      schemaVersion: 1,
      stream,
      criteria,
      builds,
      images: Object.fromEntries(clouds.map(({ name, images }) => [name, images])),
      queries: Object.fromEntries(clouds.map(({ name, queries }) => [name, queries])),
    }
    const recording = this.#recorder.exchanges
    const secrets = clouds.flatMap((cloud) => cloud.secrets)
    if (!isSearched) refuseSecrets(content, recording, secrets, this.request)
    return { content, recording, notes: [...notes, ...this.#warnings] }
  }

  async #builds() {
    const { builds, stream, timeout, shared, origin } = this.request
    if (builds.length === 0) return { builds: {}, notes: [] }
    const { readBuilds } = await import('./builds.ts')
    return readBuilds(builds, stream, {
      timeout,
      limit: this.#limit,
      recorder: this.#recorder,
      budget: this.#budget,
      shared,
      replay: this.replay,
      ended: this.#ending.signal,
      origin,
      count: this.#counter('builds'),
    })
  }

  async #query({ name, module }: Loaded) {
    const { ocp } = this.request
    if (ocp === undefined) throw new InputError('the OCP version is needed to query a cloud')
    const count = this.#counter(name)
    const inTime = <T>(what: string, work: () => Promise<T>) =>
      withTimeLimit(what, this.#limit, work)
    const connection = await inTime(name, () => this.#connect(name, module))
    return this.#queryAll(name, connection, ocp, { inTime, count }).catch((error) => {
      throw withoutIds(error, connection.secrets())
    })
  }

  async #queryAll(
    name: CloudName,
    connection: Connection<object, object>,
    ocp: MajorMinor,
    {
      inTime,
      count,
    }: {
      readonly inTime: <T>(what: string, work: () => Promise<T>) => Promise<T>
      readonly count: (expected: number, finished: number) => void
    },
  ) {
    const { concurrency, queriesRegion = () => true } = this.request
    const all = await inTime(name, () => connection.listQueries(ocp))
    const queries = all.filter(
      (query) => !('region' in query) || queriesRegion(String(query.region)),
    )
    count(queries.length, 0)
    const { remedyWithout } = connection
    const failures = new Map<object, unknown>()
    const found = await pMap(
      queries,
      async (query) => {
        try {
          return await inTime(connection.describe(query), () => connection.query(query))
        } catch (error) {
          // All queries fail for the same reason, unless each is sent to its own region.
          if (remedyWithout === undefined) throw error
          failures.set(query, error)
          return undefined
        } finally {
          count(0, 1)
        }
      },
      { concurrency },
    )
    if (remedyWithout && failures.size > 0) {
      throw combineQueryFailures(failures, queries, remedyWithout)
    }
    const images = found.flatMap((each) => each ?? [])
    return {
      name,
      images: sortImages(name, mergeRecords(name, images, this.#warn)),
      queries: sortByMembers(
        queries.map((query, at) => ({
          ...connection.identify(query),
          ...(found[at] ? { images: found[at].length } : { missing: true }),
        })),
      ),
      secrets: connection.secrets(),
    }
  }

  async #connect(name: CloudName, module: Loaded['module']) {
    const { criteria: allCriteria, shared, replay: recording, settings, timeout } = this.request
    const criteria = allCriteria[name]
    if (criteria === undefined) throw new InputError(`the criteria have no ${name}`)
    const { replay } = this
    const options = { timeout, replay, budget: this.#budget }
    const connection: Connection<object, object> = await module.connect({
      settings: recording ? undefined : settings?.[name],
      timeout,
      criteria,
      allCriteria,
      send: openTransport({
        ...options,
        ended: this.#ending.signal,
        shared,
        onExchange: (exchange) => this.#recorder.add(exchange, (each) => connection.record(each)),
      }),
      // Other captures share the sign-in.
      signIn: openTransport(options),
      shared: shared ?? new Shared(),
      recording,
      warn: this.#warn,
    })
    return connection
  }

  /** @returns a function that adds to the totals of a cloud, or of builds */
  #counter(name: string): (expected: number, finished: number) => void {
    const at = this.#progress.push({ name, done: 0, total: 0 }) - 1
    return (expected, finished) => {
      const { done = 0, total = 0 } = this.#progress[at] ?? {}
      this.#progress[at] = { name, done: done + finished, total: total + expected }
      this.request.onProgress?.(this.#progress.filter((each) => each.total > 0))
    }
  }
}

function timeLimit({ patience = DEFAULT_TIME_LIMIT, onWait }: CaptureRequest): TimeLimit {
  let next = 0
  const message = (text: string) => {
    if (Date.now() < next) return
    next = Date.now() + MESSAGE_INTERVAL
    onWait?.(text)
  }
  return { milliseconds: patience, onWait: message }
}

function refuseSecrets(
  content: SnapshotContent,
  recording: Recording,
  known: readonly string[],
  request: CaptureRequest,
): void {
  const published = JSON.stringify([content.criteria, content.builds])
  const secretIn = (value: unknown) => findSecret(JSON.stringify(value), { known, published })
  const found = secretIn(content) ?? secretIn(recording)
  if (found === undefined) return
  const lists: [cloud: string, images: readonly object[]][] = Object.entries(content.images)
  const images = lists.flatMap(([cloud, list]) => list.map((image) => ({ cloud, ...image })))
  const place = [...images, ...recording].find((each) => secretIn(each) !== undefined)
  throw new ServiceError(
    `${place ? describePlace({ ...place }) : 'a response'}: contains ${found}; no file was written`,
    `Exclude the image with ${settingName(request, 'criteria')}, or on AWS with --regions, and report the finding to its publisher.`,
  )
}

/** Names an image or an exchange without members that may contain a secret. */
function describePlace(each: Readonly<Record<string, unknown>>): string {
  const { cloud, region, image, project, name, offer, sku, version, scope } = each
  // In place of an unreadable version is the name, which may contain the secret.
  const parts = image ? [region, image] : [project, name, offer, sku, offer && version]
  return [cloud ?? scope, ...parts].filter((part) => typeof part === 'string').join(' ')
}
