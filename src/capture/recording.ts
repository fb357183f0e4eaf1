import { parseText } from '../core/json/parser.ts'
import { refuseLaterVersion } from '../core/schemas/check.ts'
import { InputError, ServiceError } from '../errors.ts'
import { printable } from '../printable.ts'
import { type Exchange, originWithPort } from './http/message.ts'

export type Recording = readonly Exchange[]

export function printRecording(recording: Recording): string {
  return `${JSON.stringify(recording, undefined, 2)}\n`
}

const MEDIA_TYPE =
  /^(application\/(json|octet-stream|xml|x-amz-json-1\.[01])|text\/(xml|plain|html))(; ?charset=utf-8)?$/i

/** nock accepts any members, so they are checked. */
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

/** nock throws for anything but a scheme, a host and a port. */
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

/** Sorts exchanges, independent of the order in which the responses came. */
export function sortExchanges(exchanges: Recording): Exchange[] {
  return exchanges.toSorted((a, b) => (getExchangeKey(a) < getExchangeKey(b) ? -1 : 1))
}

export function getExchangeKey({ scope, path, method, body }: Exchange): string {
  return [scope, path, method, JSON.stringify(body ?? '')].join('\n')
}

/** The header of a replayed response with the position of its exchange in the recording. */
export const POSITION = 'x-recording-position'

export class Recorder {
  readonly #exchanges = new Map<string, Exchange>()
  #unrecorded: string | undefined

  /** @param replayed the recording to replay; empty for a live capture */
  constructor(private readonly replayed: Recording) {}

  /** @param scrub returns the parts of an exchange that may be recorded, if any */
  add(exchange: Exchange, scrub: (exchange: Exchange) => Exchange | undefined): void {
    const scrubbed = scrub(exchange)
    if (scrubbed === undefined) {
      if (exchange.status === 200) this.#unrecorded ??= `${exchange.scope}${exchange.path}`
      return
    }
    const { 'content-type': type = '', [POSITION]: position } = exchange.rawHeaders ?? {}
    const rawHeaders = MEDIA_TYPE.test(type) ? { 'content-type': type } : {}
    // Another version of an SDK may send other parameters than the recording has.
    const { path, body } = this.replayed[Number(position)] ?? scrubbed
    const form = scrubbed.body === undefined ? {} : { body }
    const recorded = { ...scrubbed, path, ...form, rawHeaders }
    this.#exchanges.set(getExchangeKey(recorded), recorded)
  }

  /** @throws ServiceError if a response that was used is not recorded, so cannot be replayed */
  get exchanges(): Exchange[] {
    if (this.#unrecorded !== undefined) {
      throw new ServiceError(
        `${this.#unrecorded}: the response cannot be recorded`,
        'Check the endpoint, --location and the criteria.',
      )
    }
    return sortExchanges([...this.#exchanges.values()])
  }
}
