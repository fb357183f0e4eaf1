import nock, { type Definition } from 'nock'
import type { Recording } from './recording.ts'

export interface Replay {
  /** Ends every request of the replay when it is over. */
  readonly signal: AbortSignal
  /** The first request that the recording does not contain; never settles if there is none. */
  readonly unmatched: Promise<string>
  /**
   * The exchanges of the recording that were used, each with the response as a capture keeps it.
   */
  select(kept: readonly Definition[]): Definition[]
}

/**
 * Takes every response of this process from a recording while some work is done. nock intercepts all
 * requests of the process and refuses those that the recording does not contain.
 * @param ignored parameters in which a request may differ from the recorded one
 */
export async function withReplay<T>(
  recording: Recording,
  ignored: readonly string[],
  work: (replay: Replay) => Promise<T>,
): Promise<T> {
  const ending = new AbortController()
  if (!nock.isActive()) nock.activate()
  nock.disableNetConnect()
  for (const exchange of recording) {
    const wanted = normalizePath(String(exchange.path), ignored)
    const form = normalizeParameters(exchange.body, ignored)
    const matchesForm = (body: unknown) => normalizeParameters(body, ignored) === form
    nock(exchange.scope)
      .persist()
      .intercept(
        (uri) => normalizePath(uri, ignored) === wanted,
        exchange.method ?? 'GET',
        // A request without a body matches any.
        exchange.body ? matchesForm : undefined,
      )
      .reply(exchange.status ?? 200, exchange.response ?? '', exchange.rawHeaders ?? {})
  }
  let report: (request: string) => void = () => undefined
  const unmatched = new Promise<string>((resolve) => {
    report = resolve
  })
  const onNoMatch = ({ method = 'GET', path = '' }: { method?: string; path?: string }) =>
    report(`${method} ${path}`)
  nock.emitter.on('no match', onNoMatch)
  try {
    return await work({
      signal: ending.signal,
      unmatched,
      select: (kept) => selectUsed(recording, kept, ignored),
    })
  } finally {
    ending.abort()
    nock.emitter.off('no match', onNoMatch)
    nock.cleanAll()
    nock.enableNetConnect()
    nock.restore()
  }
}

/** The response with the request as the recording has it: another SDK version sends another one. */
function selectUsed(
  recording: Recording,
  kept: readonly Definition[],
  ignored: readonly string[],
): Definition[] {
  const responses = new Map(kept.map((each) => [normalizeRequest(each, ignored), each]))
  return recording.flatMap((own) => {
    const { path, body } = own
    const request = normalizeRequest(own, ignored)
    const response = responses.get(request)
    // A second exchange of the same request is never used.
    responses.delete(request)
    return response ? [{ ...response, path, ...(response.body !== undefined && { body }) }] : []
  })
}

function normalizeRequest(
  { scope, method, path, body }: Definition,
  ignored: readonly string[],
): string {
  const form = normalizeParameters(body ?? '', ignored)
  return [scope, method, normalizePath(String(path), ignored), form].join('\n')
}

function normalizePath(path: string, ignored: readonly string[]): string {
  const [name = '', query = ''] = path.split('?', 2)
  return `${name}?${normalizeParameters(query, ignored)}`
}

/**
 * Parameters in one order, without those that are ignored.
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
