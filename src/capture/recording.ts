import type { Definition } from 'nock'
import { parseText } from '../core/json/parse.ts'
import { InputError } from '../errors.ts'
import { printable } from '../printable.ts'

/** The HTTP exchanges of one capture: scrubbed, decoded and sorted nock definitions. */
export type Recording = readonly Definition[]

/** Prints a recording as it is committed: JSON that is read by people. */
export function printRecording(recording: Recording): string {
  return `${JSON.stringify(recording, undefined, 2)}\n`
}

/** Those that the clouds and the build server answer with. */
export const MEDIA_TYPE =
  /^(application\/(json|octet-stream|xml|x-amz-json-1\.[01])|text\/(xml|plain|html))(; ?charset=utf-8)?$/i

/** What each member of an exchange has to be, for nock takes what it gets. */
const MEMBERS: readonly (readonly [
  name: string,
  expected: string,
  holds: (value: unknown) => boolean,
])[] = [
  ['scope', 'a host such as https://management.azure.com:443', isHost],
  ['method', 'GET or POST', isMatch(/^(GET|POST)$/)],
  ['path', 'a path that begins with /', isMatch(/^\/[^\s#]*$/)],
  ['body', 'a form', (value) => value === undefined || value === '' || isForm(value)],
  ['status', 'a number from 200 to 599', isStatus],
  ['response', 'what was answered', (value) => value !== undefined],
  ['rawHeaders', 'the content-type alone', (value) => value === undefined || isContentType(value)],
]

const NAMES = MEMBERS.map(([name]) => name).join(', ')

function isMatch(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value)
}

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599
}

/** As `URL` reads it, with no more than a host and a port: nock throws at what is none. */
function isHost(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, hostname, port } = new URL(value)
  const number = port || (protocol === 'https:' ? '443' : '80')
  return /^https?:$/.test(protocol) && value === `${protocol}//${hostname}:${number}`
}

function isForm(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  )
}

function isContentType(value: unknown): boolean {
  return (
    isForm(value) &&
    Object.entries(value as object).every(
      ([name, text]) => name === 'content-type' && MEDIA_TYPE.test(text),
    )
  )
}

/** @throws InputError for a file that is no list of exchanges */
export function readRecording(text: string, file: string): Recording {
  const value = parseText(text, file)
  if (!Array.isArray(value)) throw new InputError(`${file}: expected a list of exchanges`)
  for (const [index, each] of value.entries()) {
    const exchange = (each ?? {}) as Readonly<Record<string, unknown>>
    const foreign = Object.keys(exchange).find((name) => !MEMBERS.some(([known]) => known === name))
    if (foreign !== undefined) {
      throw new InputError(`${file}: [${index}]: holds ${printable(foreign)}, expected ${NAMES}`)
    }
    const wrong = MEMBERS.find(([name, , holds]) => !holds(exchange[name]))
    if (wrong !== undefined) {
      throw new InputError(`${file}: [${index}].${wrong[0]}: expected ${wrong[1]}`)
    }
  }
  return value as Recording
}

/** In an order that does not depend on which of them came first. */
export function sortExchanges(exchanges: readonly Definition[]): Definition[] {
  return exchanges
    .map((exchange) => ({ key: keyOf(exchange), exchange }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ exchange }) => exchange)
}

/** What a request is told from others by. */
export function keyOf({ scope, path, method, body }: Definition): string {
  return [scope, path, method, JSON.stringify(body ?? '')].join('\n')
}
