import {
  createEmptyPipeline,
  createPipelineRequest,
  defaultRetryPolicy,
  type HttpClient,
  type Pipeline,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { type StreamPlace, sourceOf, type WantedBuild } from '../../core/builds/locate.ts'
import { type ReadBuild, readBuild } from '../../core/builds/read.ts'
import { InputError, ServiceError } from '../../errors.ts'
import { coreClient } from '../http/core-client.ts'
import { describeFailure } from '../http/failure.ts'
import type { Shared } from '../http/shared.ts'
import { type Note, openTransport } from '../http/transport.ts'
import { describeStatus } from './failure.ts'

/** How to ask; `isReplayed` where a recording answers. */
export interface BuildAccess {
  readonly isReplayed: boolean
  /** For one request, in milliseconds. */
  readonly timeout: number
  /** Hears of each exchange. */
  readonly onExchange?: Note
  readonly shared?: Shared | undefined
}

/** Between two attempts, growing; a server's own Retry-After goes before it. In milliseconds. */
const RETRY_DELAY = 250

/**
 * Asks the build server for a build's meta.json, by the pipeline that Azure's SDK has too, so that
 * it is repeated in the same way.
 *
 * @throws ServiceError that names the URL, for a server that does not have the build, an answer
 *   that is none, and a meta.json of another build or architecture
 */
export async function askBuild(
  wanted: WantedBuild,
  place: StreamPlace,
  access: BuildAccess,
): Promise<ReadBuild> {
  const url = sourceOf(wanted, place, access.isReplayed)
  const text = await fetchText(url, access)
  try {
    return readBuild(parseMeta(text), wanted, place)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const remedy = error.remedy ?? 'Check --url, --name and the version.'
    throw new ServiceError(`${url}: ${error.message}`, remedy, { cause: error })
  }
}

async function fetchText(url: string, access: BuildAccess): Promise<string> {
  const request = createPipelineRequest({
    url,
    allowInsecureConnection: url.startsWith('http:'),
  })
  request.headers.set('accept', 'application/json')
  let response: PipelineResponse
  try {
    response = await pipelineFor(access).sendRequest(clientFor(access), request)
  } catch (error) {
    throw describeFailure(error, url, () => undefined)
  }
  if (response.status !== 200) throw describeStatus(response, url)
  return response.bodyAsText ?? ''
}

function clientFor({ isReplayed, timeout, onExchange, shared }: BuildAccess): HttpClient {
  return coreClient(openTransport({ timeout, onExchange, live: !isReplayed, shared }))
}

/** No redirects: what is asked for, recorded and written into the stream is one and the same URL. */
function pipelineFor({ isReplayed }: BuildAccess): Pipeline {
  const pipeline = createEmptyPipeline()
  pipeline.addPolicy(
    defaultRetryPolicy({ maxRetries: isReplayed ? 0 : 3, retryDelayInMs: RETRY_DELAY }),
    { phase: 'Retry' },
  )
  return pipeline
}

function parseMeta(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const isPage = /^\s*</.test(text)
    throw new InputError(
      isPage
        ? 'answered with a web page, expected the JSON of a meta.json'
        : 'answered with what is no JSON, expected a meta.json',
      isPage
        ? 'A proxy or a login page may stand in front of the build server; --url names another.'
        : undefined,
    )
  }
}
