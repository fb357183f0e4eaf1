import {
  createEmptyPipeline,
  createPipelineRequest,
  defaultRetryPolicy,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import type { Definition } from 'nock'
import { getMetaUrl, type StreamPlace, toMetaUrl, type WantedBuild } from '../core/builds/locate.ts'
import { RECORDED_META, type ReadBuild, readBuild } from '../core/builds/read.ts'
import { prune } from '../core/json/prune.ts'
import type { SnapshotContent } from '../core/snapshot/snapshot.ts'
import { InputError, ServiceError } from '../errors.ts'
import { coreClient } from './http/core-client.ts'
import { explainResponse, queryError } from './http/errors.ts'
import { originWithPort } from './http/message.ts'
import { type TimeLimit, withTimeLimit } from './http/time-limit.ts'
import { openTransport, type TransportOptions } from './http/transport.ts'
import type { Recorder } from './recording.ts'

export interface BuildsResult {
  readonly builds: SnapshotContent['builds']
  readonly notes: readonly string[]
}

export interface BuildsContext extends Omit<TransportOptions, 'onExchange'> {
  readonly limit: TimeLimit | undefined
  readonly recorder: Recorder
  count(expected: number, finished: number): void
}

export async function readBuilds(
  wanted: readonly WantedBuild[],
  stream: StreamPlace,
  context: BuildsContext,
): Promise<BuildsResult> {
  const { limit, recorder, replayed, count } = context
  count(wanted.length, 0)
  const read = await Promise.all(
    wanted.map(async (each) => {
      const source = getMetaUrl(each, stream, replayed !== undefined)
      let last: Definition | undefined
      const onExchange = (exchange: Definition) => {
        last = exchange
      }
      const found = await withTimeLimit(source, limit, () =>
        fetchBuild(each, stream, { ...context, onExchange }),
      )
      if (last) recorder.add(last, (own) => recordBuild(own, source, found.build.location))
      count(0, 1)
      return found
    }),
  )
  const sorted = read.toSorted((a, b) => (a.architecture < b.architecture ? -1 : 1))
  const twin = sorted.find((each, at) => each.architecture === sorted[at + 1]?.architecture)
  if (twin !== undefined) {
    throw new InputError(`${twin.architecture}: two builds are of this architecture, expected one`)
  }
  return {
    builds: Object.fromEntries(sorted.map(({ architecture, build }) => [architecture, build])),
    notes: describeBuilds(sorted),
  }
}

function describeBuilds(read: readonly ReadBuild[]): string[] {
  const releases = new Set(read.map(({ build }) => build.release))
  const named = read.map(({ architecture, build }) => `${architecture}=${build.release}`)
  return [
    ...(releases.size > 1 ? [`the architectures have different builds: ${named.join(' ')}`] : []),
    ...read.flatMap(({ architecture, unknown }) =>
      unknown.map((name) => `${architecture}: unknown platform ${name} is not recorded`),
    ),
  ]
}

/** Between two attempts, growing; `Retry-After` takes precedence. In milliseconds. */
const RETRY_DELAY = 250

/**
 * Reads the meta.json of a build, with the pipeline of Azure's SDK for its retries.
 * @throws ServiceError that names the URL, for a build that is not found, a response that is not a
 *   meta.json, and a meta.json of another build or architecture
 */
export async function fetchBuild(
  wanted: WantedBuild,
  place: StreamPlace,
  options: TransportOptions,
): Promise<ReadBuild> {
  const url = getMetaUrl(wanted, place, options.replayed !== undefined)
  const text = await fetchText(url, options)
  try {
    return readBuild(parseMeta(text), wanted, place)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const remedy = error.remedy ?? 'Check --url, --name and the version.'
    throw new ServiceError(`${url}: ${error.message}`, remedy, { cause: error })
  }
}

async function fetchText(url: string, options: TransportOptions): Promise<string> {
  const request = createPipelineRequest({ url, allowInsecureConnection: url.startsWith('http:') })
  request.headers.set('accept', 'application/json')
  const pipeline = createEmptyPipeline()
  // Redirects are not followed: the URL that is queried is recorded and written into the stream.
  const maxRetries = options.replayed === undefined ? 3 : 0
  pipeline.addPolicy(defaultRetryPolicy({ maxRetries, retryDelayInMs: RETRY_DELAY }), {
    phase: 'Retry',
  })
  let response: PipelineResponse
  try {
    response = await pipeline.sendRequest(coreClient(openTransport(options)), request)
  } catch (error) {
    throw queryError(error, url, () => undefined)
  }
  const { status, bodyAsText } = response
  if (status === 200) return bodyAsText ?? ''
  // A store of objects returns 403 for what it does not have, too.
  if ([403, 404, 410].includes(status)) {
    throw new ServiceError(
      `${url}: returned ${status}: the build server does not have this build`,
      'Check the version, --name and --url: the URL is URL/NAME/builds/VERSION/ARCH/meta.json.',
    )
  }
  if (status < 400) {
    throw new ServiceError(
      `${url}: returned ${status}: a redirect, which is not followed`,
      'Set --url to the build server that it leads to.',
    )
  }
  const { cause, remedy } = explainResponse(status, '', undefined, new Map())
  throw new ServiceError(`${url}: ${cause}`, remedy)
}

function parseMeta(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (!/^\s*</.test(text)) throw new InputError('the response is not JSON, expected a meta.json')
    throw new InputError(
      'the response is a web page, expected a meta.json',
      'Check --url: a proxy or a sign-in page may have sent the response.',
    )
  }
}

/**
 * Keeps the response of a build server, pruned to what a stream shows. A build that was read from
 * another server than the stream's artifacts are on is recorded as if it was read there.
 */
function recordBuild(
  { scope, path, method, status, response }: Definition,
  source: string,
  location: string,
): Definition | undefined {
  const meta = prune(response, RECORDED_META)
  if (method !== 'GET' || status !== 200 || meta === undefined) return undefined
  if (scope !== originWithPort(source) || path !== new URL(source).pathname) return undefined
  const target = new URL(toMetaUrl(location))
  return {
    scope: originWithPort(target),
    method,
    path: target.pathname,
    status,
    response: meta as NonNullable<Definition['response']>,
  }
}
