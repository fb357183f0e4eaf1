import nock, { type Definition } from 'nock'
import { Gate } from './http/gate.ts'
import type { Recording } from './recording.ts'

/** A replay that is under way. */
export interface Replay {
  /**
   * The recording as it should be: its own questions, those that were asked, each with what was kept
   * of the answer.
   *
   * @param kept what scrubbing the answers once more gives
   */
  keep(kept: readonly Definition[]): readonly Definition[]
  /** What its requests pass. */
  readonly gate: Gate
  /** The first request that the recording does not answer; never settles where there is none. */
  readonly unanswered: Promise<string>
  /** Ends what is under way; then nock has nothing to do with this process any more. */
  stop(): Promise<void>
}

/**
 * Answers every request of this process from a recording. That nothing goes out is the transport's
 * to see to: nock is told so as well, but gives the network back in the end.
 *
 * @param ignored the parameters in which a request may differ from the recorded one
 */
export function replayExchanges(recording: Recording, ignored: readonly string[]): Replay {
  if (!nock.isActive()) nock.activate()
  nock.disableNetConnect()
  const gate = new Gate()
  for (const exchange of recording) {
    const wanted = normalPath(String(exchange.path), ignored)
    nock(exchange.scope)
      .persist()
      .intercept(
        (uri) => normalPath(uri, ignored) === wanted,
        exchange.method ?? 'GET',
        bodyMatcher(exchange.body, ignored),
      )
      .reply(exchange.status ?? 200, exchange.response ?? '', exchange.rawHeaders ?? {})
  }
  let report: (request: string) => void = () => undefined
  const unanswered = new Promise<string>((resolve) => {
    report = resolve
  })
  const onNoMatch = (request: { method?: string; path?: string }) =>
    report(`${request.method ?? 'GET'} ${request.path ?? ''}`)
  nock.emitter.on('no match', onNoMatch)
  return {
    keep(kept) {
      const answers = new Map(kept.map((each) => [questionOf(each, ignored), each]))
      return recording.flatMap((own) => {
        const question = questionOf(own, ignored)
        const answer = answers.get(question)
        // A second answer to one question is none.
        answers.delete(question)
        return answer === undefined ? [] : [hasPlain(own, ignored) ? asIn(own, answer) : answer]
      })
    },
    unanswered,
    gate,
    async stop() {
      await gate.shut()
      nock.emitter.off('no match', onNoMatch)
      nock.cleanAll()
      nock.enableNetConnect()
      nock.restore()
    },
  }
}

/** What an exchange asks, but for the parameters that are passed over. */
function questionOf({ scope, method, path, body }: Definition, ignored: readonly string[]): string {
  return [scope, method, normalPath(String(path), ignored), normalBody(body ?? '', ignored)].join(
    '\n',
  )
}

/** An answer to the question as a recording spells it: another version of an SDK asks otherwise. */
function asIn({ path, body }: Definition, answer: Definition): Definition {
  return { ...answer, path, ...(answer.body !== undefined && { body }) }
}

/** Whether the parameters that are passed over hold words and numbers, and not just anything. */
function hasPlain({ path, body }: Definition, ignored: readonly string[]): boolean {
  const query = String(path).split('?', 2)[1] ?? ''
  return [...new URLSearchParams(query), ...parametersOf(body ?? '')].every(
    ([name, value]) => !ignored.includes(name) || /^[\w.-]{0,32}$/.test(value),
  )
}

/** The path with its parameters sorted and without those that are passed over. */
function normalPath(path: string, ignored: readonly string[]): string {
  const [name = '', query = ''] = path.split('?', 2)
  return `${name}?${normalParameters([...new URLSearchParams(query)], ignored)}`
}

/** A form's parameters count, whatever their order; a request without a body takes any. */
function bodyMatcher(
  recorded: Definition['body'],
  ignored: readonly string[],
): ((body: unknown) => boolean) | undefined {
  if (recorded === undefined || recorded === '') return undefined
  const wanted = normalBody(recorded, ignored)
  return (body) => normalBody(body, ignored) === wanted
}

/** @param body a form, or its parameters as nock parses them */
function normalBody(body: unknown, ignored: readonly string[]): string {
  return normalParameters(parametersOf(body), ignored)
}

function parametersOf(body: unknown): [name: string, value: string][] {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).map(([name, value]) => [name, String(value)])
    : [...new URLSearchParams(String(body))]
}

function normalParameters(
  parameters: readonly (readonly [name: string, value: string])[],
  ignored: readonly string[],
): string {
  return parameters
    .filter(([name]) => !ignored.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
}
