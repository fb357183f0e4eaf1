import { createHash } from 'node:crypto'
import { readTime } from '../../core/snapshot/snapshot.ts'
import { isTime } from '../../core/snapshot/values.ts'
import { releaseIn } from '../../core/versions/version.ts'
import { ServiceError } from '../../errors.ts'
import { findId, findSecret } from '../../secrets.ts'

/** The value of a table for a cloud's word; undefined for an unknown one, such as `constructor`. */
export function knownIn<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}

/**
 * A warning about an image or a region with a malformed value. The value is not printed, only its
 * place in the response.
 *
 * @param which `image 3`
 */
export function malformed(query: string, which: string, member: string): string {
  return `${query}: ${which} of the response is ignored: malformed ${member}`
}

/** A warning about an image that is kept and never selected. */
export function unknownState(query: string, image: string, state: string): string {
  return `${query}: image ${image} has the unknown state ${state}: not selected`
}

/** A time of deprecation, which publishers sometimes write by hand. */
export interface Deprecation {
  readonly deprecation?: string
  /** Set if there is one that cannot be read: then the image may be deprecated. */
  readonly isUnreadable?: true
}

export function readDeprecation(
  value: unknown,
  image: string,
  warn: (text: string) => void,
): Deprecation {
  if (value === undefined || value === null || value === '') return {}
  const deprecation = isTime(value) ? value : undefined
  if (deprecation === undefined || readTime(deprecation) === undefined) {
    warn(`${image} has an unreadable deprecation date: not selected`)
  }
  return deprecation === undefined ? { isUnreadable: true } : { deprecation }
}

/** What a recording has in place of a date: anything that is not like one may be free text. */
export function recordedTime(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return value
  return typeof value === 'string' && TIME.test(value) ? value : UNREADABLE
}

const UNREADABLE = 'unreadable'
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.+-]{1,24}[Zz]?)?|unreadable)$/

/** @param property the member, or its printable value */
export function unknownProperty(image: string, property: string): ServiceError {
  return new ServiceError(`${image} has an unknown property: ${property}`, UPDATE)
}

const UPDATE = 'Update stream-snapshot: a later version may support it.'

/** @param option the option that names another endpoint */
export function notAList(query: string, option: string): ServiceError {
  return new ServiceError(
    `${query}: the response is not a list of images`,
    `Check HTTPS_PROXY and ${option}: a proxy or a sign-in page may have sent the response.`,
  )
}

/** One line of plain ASCII, at most as long as a description on GCP. */
const PLAIN = /^[ -~]{0,2048}$/

/**
 * What is kept of an image's description, which is free text: all of it, or if it may contain an id
 * or a secret, only the release in it.
 */
export function plainDescription(text: string): string | undefined {
  const isHarmless = PLAIN.test(text) && (findId(text) ?? findSecret(text)) === undefined
  return isHarmless ? text : releaseIn(text)
}

/** Stands for a paging token in a recording: an opaque token may contain anything. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}

/** How a recording spells paging tokens; in a replay, they are digests already. */
export function tokenSpelling(isLive: boolean): (token: string) => string {
  return isLive
    ? tokenDigest
    : (token) => (/^[0-9a-f]{32}$/.test(token) ? token : tokenDigest(token))
}

/** The pages of any list; a hundred thousand images are a hundred pages of EC2. */
const MOST_PAGES = 1000

/**
 * Watches the tokens of a list's pages.
 *
 * @throws ServiceError for a token that comes twice, and for too many pages
 */
export function pageWatch(query: string): (token: string | undefined) => void {
  const seen = new Set<string>()
  return (token) => {
    if (token === undefined) return
    if (seen.has(token) || seen.size >= MOST_PAGES) {
      throw new ServiceError(`${query}: the list has no last page`, 'Try again later.')
    }
    seen.add(token)
  }
}
