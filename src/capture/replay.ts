import nock, { type ReplyBody } from 'nock'
import { ServiceError } from '../errors.ts'
import { POSITION, type Recording } from './recording.ts'

export interface Replay {
  /** Fails the replay, as the recording does not contain this request. */
  refuse(request: string): void
}

/**
 * Takes every response of this process from a recording while work runs. nock intercepts all requests
 * of the process and refuses those that the recording does not contain.
 * @param ignored parameters that may differ between a request and the recording
 * @throws ServiceError for a request of the work that the recording does not contain
 */
export async function withReplay<T>(
  recording: Recording,
  ignored: readonly string[],
  work: (replay: Replay) => Promise<T>,
): Promise<T> {
  if (!nock.isActive()) nock.activate()
  nock.disableNetConnect()
  for (const [position, exchange] of recording.entries()) {
    const { scope, method, path, body, status, response, rawHeaders } = exchange
    const wanted = normalizePath(path, ignored)
    const form = normalizeParameters(body, ignored)
    const matchesForm = (sent: unknown) => normalizeParameters(sent, ignored) === form
    nock(scope)
      .persist()
      .intercept(
        (uri) => normalizePath(uri, ignored) === wanted,
        method,
        // An exchange without a body matches any body.
        body ? matchesForm : undefined,
      )
      .reply(status, response as ReplyBody, { ...rawHeaders, [POSITION]: String(position) })
  }
  const refused: ServiceError[] = []
  const refuse = (request: string) => {
    const message = `the recording has no response to ${request}`
    refused.push(new ServiceError(message, 'Capture again without --replay.'))
  }
  try {
    // Waits until all of the work has ended: its other requests must not reach the network.
    const result = await work({ refuse }).catch((error) => {
      throw refused[0] ?? error
    })
    if (refused[0] !== undefined) throw refused[0]
    return result
  } finally {
    nock.cleanAll()
    nock.enableNetConnect()
    nock.restore()
  }
}

function normalizePath(path: string, ignored: readonly string[]): string {
  const [name = '', query = ''] = path.split('?', 2)
  return `${name}?${normalizeParameters(query, ignored)}`
}

/**
 * Sorts parameters and drops the ignored ones.
 * @param text a query, a form, or its parameters as nock parses them
 */
function normalizeParameters(text: unknown, ignored: readonly string[]): string {
  const parameters =
    typeof text === 'object' && text !== null
      ? Object.entries(text)
      : [...new URLSearchParams(String(text))]
  return parameters
    .filter(([name]) => !ignored.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
}
