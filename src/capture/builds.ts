import {
  createEmptyPipeline,
  createPipelineRequest,
  defaultRetryPolicy,
} from '@azure/core-rest-pipeline'
import { getMetaUrl, type StreamPlace, toMetaUrl, type WantedBuild } from '../core/builds/locate.ts'
import { RECORDED_META, type ReadBuild, readBuild } from '../core/builds/read.ts'
import { prune } from '../core/json/prune.ts'
import type { SnapshotContent } from '../core/snapshot/snapshot.ts'
import { type StreamConfig, settingName } from '../core/workspace/workspace.ts'
import { InputError, MissingBuild, ServiceError } from '../errors.ts'
import { listed } from '../printable.ts'
import { coreClient } from './http/core-client.ts'
import { explainResponse, queryError } from './http/errors.ts'
import { type Exchange, originWithPort } from './http/message.ts'
import { type TimeLimit, withTimeLimit } from './http/time-limit.ts'
import { openTransport, type TransportOptions } from './http/transport.ts'
import type { Recorder } from './recording.ts'

type ReadOptions = TransportOptions & Pick<StreamConfig, 'origin'>

interface BuildsContext extends Omit<ReadOptions, 'onExchange'> {
  readonly limit: TimeLimit | undefined
  readonly recorder: Recorder
  count(expected: number, finished: number): void
}

export async function readBuilds(
  wanted: readonly WantedBuild[],
  stream: StreamPlace,
  context: BuildsContext,
): Promise<{ readonly builds: SnapshotContent['builds']; readonly notes: readonly string[] }> {
  const { limit, recorder, replay, count } = context
  count(wanted.length, 0)
  const missing: { readonly error: MissingBuild; readonly wanted: WantedBuild }[] = []
  const results = await Promise.all(
    wanted.map(async (each) => {
      const url = getMetaUrl(each, stream, replay !== undefined)
      let last: Exchange | undefined
      const onExchange = (exchange: Exchange) => {
        last = exchange
      }
      const found = await withTimeLimit(url, limit, () =>
        readMeta(url, each, stream, { ...context, onExchange }),
      ).catch((error) => {
        if (!(error instanceof MissingBuild)) throw error
        missing.push({ error, wanted: each })
      })
      if (!found) return []
      if (last) recorder.add(last, (exchange) => recordBuild(exchange, url, found.build.location))
      count(0, 1)
      return [found]
    }),
  )
  const read = results.flat()
  const [first] = missing
  if (first !== undefined) {
    const { error } = first
    const architectures = (builds: readonly { readonly architecture?: string | undefined }[]) =>
      listed(builds.flatMap(({ architecture }) => architecture ?? []))
    const others = read.filter(({ build }) => build.release === error.release)
    if (others.length === 0) throw error
    const lost = missing.flatMap((each) =>
      each.error.release === error.release ? each.wanted : [],
    )
    throw new MissingBuild(
      error.release,
      error.response,
      `the build server has ${error.release} for ${architectures(others)}, not for ${architectures(lost)}`,
      'Specify a version for each architecture as ARCH=VERSION.',
    )
  }
  const sorted = read.toSorted((a, b) => (a.architecture < b.architecture ? -1 : 1))
  const duplicate = sorted.find((each, at) => each.architecture === sorted[at + 1]?.architecture)
  if (duplicate !== undefined) {
    throw new InputError(
      `${duplicate.architecture}: two builds for this architecture, expected one`,
    )
  }
  return {
    builds: Object.fromEntries(sorted.map(({ architecture, build }) => [architecture, build])),
    notes: sorted.flatMap(({ architecture, unknown }) =>
      unknown.map((name) => `${architecture}: unknown platform ${name} is not recorded`),
    ),
  }
}

/**
 * Reads the meta.json of a build.
 * @throws ServiceError that names the URL if the build is not found, or if the response is not a
 *   meta.json, or one of another build or architecture
 */
async function readMeta(
  url: string,
  wanted: WantedBuild,
  place: StreamPlace,
  options: ReadOptions,
): Promise<ReadBuild> {
  const text = await fetchText(url, wanted, options)
  try {
    return readBuild(JSON.parse(text), wanted, place)
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ServiceError(
        `${url}: the response is not JSON, expected a meta.json`,
        `Check ${settingName(options, 'url')}, and HTTPS_PROXY: a proxy or a sign-in page may have sent the response.`,
      )
    }
    if (!(error instanceof InputError)) throw error
    const remedy = error.remedy ?? `Check the version, and ${settingName(options, 'name', 'url')}.`
    throw new ServiceError(`${url}: ${error.message}`, remedy, { cause: error })
  }
}

/** In milliseconds, between two attempts, growing; `Retry-After` takes precedence. */
const RETRY_DELAY = 250

/** Redirects are not followed: the URL that is queried is recorded and written into the stream. */
async function fetchText(
  url: string,
  { release }: WantedBuild,
  options: ReadOptions,
): Promise<string> {
  const request = createPipelineRequest({ url, allowInsecureConnection: url.startsWith('http:') })
  request.headers.set('accept', 'application/json')
  const maxRetries = options.replay === undefined ? 3 : 0
  const retries = defaultRetryPolicy({ maxRetries, retryDelayInMs: RETRY_DELAY })
  const pipeline = createEmptyPipeline()
  pipeline.addPolicy(retries, { phase: 'Retry' })
  const { status, bodyAsText } = await pipeline
    .sendRequest(coreClient(openTransport(options)), request)
    .catch((error) => {
      throw queryError(error, url, () => undefined)
    })
  if (status === 200) return bodyAsText ?? ''
  // Object stores also return 403 for missing objects.
  if ([403, 404, 410].includes(status)) {
    throw new MissingBuild(
      release,
      `${url}: returned ${status}`,
      'the build server does not have this build',
      `Check the version, and ${settingName(options, 'name', 'url')}: the URL is URL/NAME/builds/VERSION/ARCH/meta.json.`,
    )
  }
  const { cause, remedy } = explainResponse(status, '', undefined)
  const isRedirect = status < 400
  throw new ServiceError(
    `${url}: ${cause}`,
    isRedirect ? `Set ${settingName(options, 'url')} to the target of the redirect.` : remedy,
  )
}

/** Records a build that was read from another server as if it was read at its location. */
function recordBuild(
  { scope, path, method, status, response }: Exchange,
  source: string,
  location: string,
): Exchange | undefined {
  const meta = prune(response, RECORDED_META)
  if (method !== 'GET' || status !== 200 || meta === undefined) return undefined
  if (scope !== originWithPort(source) || path !== new URL(source).pathname) return undefined
  const { href, pathname } = new URL(toMetaUrl(location))
  return { scope: originWithPort(href), method, path: pathname, status, response: meta }
}
