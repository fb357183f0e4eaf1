import nock, { type Definition } from 'nock'
import type { Recording } from './recording.ts'

/** A replay that is running. */
export interface Replay {
  /** Ends every request of the replay when it is over. */
  readonly signal: AbortSignal
  /** The first request that the recording does not contain; never settles if there is none. */
  readonly unmatched: Promise<string>
  /**
   * The exchanges of the recording that were used, each with the response as a capture keeps it.
   *
   * @param kept the exchanges of the replay, scrubbed
   */
  select(kept: readonly Definition[]): Definition[]
}

/**
 * Takes every response of this process from a recording while some work is done. nock intercepts all
 * requests of the process and refuses those that the recording does not contain.
 *
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
    nock(exchange.scope)
      .persist()
      .intercept(
        (uri) => normalizePath(uri, ignored) === wanted,
        exchange.method ?? 'GET',
        bodyMatcher(exchange.body, ignored),
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

function selectUsed(
  recording: Recording,
  kept: readonly Definition[],
  ignored: readonly string[],
): Definition[] {
  const responses = new Map(kept.map((each) => [normalizeRequest(each, ignored), each]))
  return recording.flatMap((own) => {
    const request = normalizeRequest(own, ignored)
    const response = responses.get(request)
    // A second exchange of the same request is never used.
    responses.delete(request)
    if (response === undefined) return []
    return [hasPlainValues(own, ignored) ? withRequest(own, response) : response]
  })
}

/** A response with the request as the recording has it: another SDK version sends another one. */
function withRequest({ path, body }: Definition, response: Definition): Definition {
  return { ...response, path, ...(response.body !== undefined && { body }) }
}

/** Whether the ignored parameters contain words and numbers only. */
function hasPlainValues({ path, body }: Definition, ignored: readonly string[]): boolean {
  const query = String(path).split('?', 2)[1] ?? ''
  return [...new URLSearchParams(query), ...getParameters(body ?? '')].every(
    ([name, value]) => !ignored.includes(name) || /^[\w.-]{0,32}$/.test(value),
  )
}

function normalizeRequest(
  { scope, method, path, body }: Definition,
  ignored: readonly string[],
): string {
  const form = normalizeParameters(getParameters(body ?? ''), ignored)
  return [scope, method, normalizePath(String(path), ignored), form].join('\n')
}

/** The path with its parameters sorted, without those that are ignored. */
function normalizePath(path: string, ignored: readonly string[]): string {
  const [name = '', query = ''] = path.split('?', 2)
  return `${name}?${normalizeParameters([...new URLSearchParams(query)], ignored)}`
}

/** Compares a form's parameters in any order; a request without a body matches any. */
function bodyMatcher(
  recorded: Definition['body'],
  ignored: readonly string[],
): ((body: unknown) => boolean) | undefined {
  if (recorded === undefined || recorded === '') return undefined
  const wanted = normalizeParameters(getParameters(recorded), ignored)
  return (body) => normalizeParameters(getParameters(body), ignored) === wanted
}

/** @param body a form, or its parameters as nock parses them */
function getParameters(body: unknown): [name: string, value: string][] {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).map(([name, value]) => [name, String(value)])
    : [...new URLSearchParams(String(body))]
}

function normalizeParameters(
  parameters: readonly (readonly [name: string, value: string])[],
  ignored: readonly string[],
): string {
  return parameters
    .filter(([name]) => !ignored.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
}
