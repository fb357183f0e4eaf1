import type { Definition } from 'nock'
import { parseText } from '../core/json/parser.ts'
import { refuseLaterVersion } from '../core/schemas/check.ts'
import { InputError, ServiceError } from '../errors.ts'
import { printable } from '../printable.ts'
import { type Exchange, originWithPort } from './http/message.ts'

export type Recording = readonly Definition[]

export function printRecording(recording: Recording): string {
  return `${JSON.stringify(recording, undefined, 2)}\n`
}

const MEDIA_TYPE =
  /^(application\/(json|octet-stream|xml|x-amz-json-1\.[01])|text\/(xml|plain|html))(; ?charset=utf-8)?$/i

/** What each member of an exchange has to be, because nock accepts anything. */
const MEMBERS: Readonly<
  Record<string, readonly [expected: string, isValid: (value: unknown) => boolean]>
> = {
  scope: ['a host such as https://management.azure.com:443', isHost],
  method: ['GET or POST', (value) => value === 'GET' || value === 'POST'],
  path: [
    'a path that begins with /',
    (value) => typeof value === 'string' && /^\/[^\s#]*$/.test(value),
  ],
  body: ['a form', (value) => value === undefined || value === '' || isForm(value)],
  status: [
    'a number from 200 to 599',
    (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  ],
  response: ['a response', (value) => value !== undefined],
  rawHeaders: [
    'only content-type',
    (value) => value === undefined || isForm(value, (name) => name === 'content-type', MEDIA_TYPE),
  ],
}

/** As `URL` reads it, with only a host and a port: nock throws at anything else. */
function isHost(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:/.test(value) || !URL.canParse(value)) return false
  return value === originWithPort(value)
}

function isForm(value: unknown, isName = (_: string) => true, pattern = /^/): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(
    ([name, text]) => isName(name) && typeof text === 'string' && pattern.test(text),
  )
}

/** @throws InputError for a file that is not a list of exchanges */
export function readRecording(text: string, file: string): Recording {
  const value = parseText(text, file)
  refuseLaterVersion(value, file)
  if (!Array.isArray(value)) throw new InputError(`${file}: expected a list of exchanges`)
  for (const [index, each] of value.entries()) {
    const exchange = (each ?? {}) as Readonly<Record<string, unknown>>
    const place = `${file}: [${index}]`
    const unknown = Object.keys(exchange).find((name) => !Object.hasOwn(MEMBERS, name))
    if (unknown !== undefined) {
      const names = Object.keys(MEMBERS).join(', ')
      throw new InputError(`${place}: unknown key ${printable(unknown)}, expected ${names}`)
    }
    for (const [name, [expected, isValid]] of Object.entries(MEMBERS)) {
      if (!isValid(exchange[name])) throw new InputError(`${place}.${name}: expected ${expected}`)
    }
  }
  return value as Recording
}

/** In an order that does not depend on which response came first. */
export function sortExchanges(exchanges: readonly Definition[]): Definition[] {
  return exchanges.toSorted((a, b) => (exchangeKey(a) < exchangeKey(b) ? -1 : 1))
}

export function exchangeKey({ scope, path, method, body }: Definition): string {
  return [scope, path, method, JSON.stringify(body ?? '')].join('\n')
}

export class Recorder {
  readonly #kept = new Map<string, Definition>()
  #lost: string | undefined

  /** @param scrub returns what may be kept of an exchange, or undefined */
  add(exchange: Exchange, scrub: (exchange: Exchange) => Definition | undefined): void {
    const scrubbed = scrub(exchange)
    if (scrubbed === undefined) {
      if (exchange.status === 200) this.#lost ??= `${exchange.scope}${exchange.path}`
      return
    }
    this.#kept.set(exchangeKey(scrubbed), { ...scrubbed, rawHeaders: contentType(exchange) })
  }

  /** @throws ServiceError if a response that was used is not among them, so cannot be replayed */
  get exchanges(): Definition[] {
    if (this.#lost !== undefined) {
      throw new ServiceError(
        `${this.#lost}: the response cannot be recorded`,
        'Check the endpoint, --location and the criteria.',
      )
    }
    return [...this.#kept.values()]
  }
}

function contentType({ rawHeaders = {} }: Definition): Record<string, string> {
  const value = String(rawHeaders['content-type'] ?? '')
  return MEDIA_TYPE.test(value) ? { 'content-type': value } : {}
}
