import { createHash } from 'node:crypto'
import { isSelectable } from '../../core/clouds/order.ts'
import { type ImageState, readTime } from '../../core/snapshot/snapshot.ts'
import { isState, isTime } from '../../core/snapshot/values.ts'
import { releaseIn } from '../../core/versions/version.ts'
import { ServiceError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { findSecret } from '../../secrets.ts'

/** @param which such as `image 3`; the malformed value is not printed */
export function malformedMessage(query: string, which: string, member: string): string {
  return `${query}: ${which} of the response is ignored: malformed ${member}`
}

type Table<T> = Readonly<Record<string, T>>

export class ImageReader {
  /**
   * @param image for messages: `aws us-east-1: image ami-0123456789`
   * @param spell converts words of the API to keys of the tables
   */
  constructor(
    readonly image: string,
    readonly warn: (text: string) => void,
    readonly spell = (word: string) => word,
  ) {}

  /** @throws ServiceError for a word that is not in the table */
  read<T>(table: Table<T>, word: unknown, absent: T): T {
    if (word === undefined || word === null || word === '') return absent
    const key = this.spell(String(word))
    if (Object.hasOwn(table, key)) return table[key] as T
    throw new ServiceError(
      `${this.image} has an unknown property: ${printable(String(word))}`,
      'Update stream-snapshot: a later version may support this property.',
    )
  }

  /** An image in an unknown state is kept and is not selected. */
  readState(table: Table<ImageState>, word: unknown): ImageState {
    if (!isState(word) || Object.hasOwn(table, this.spell(word))) {
      return this.read<ImageState>(table, word, 'active')
    }
    this.warn(`${this.image} has the unknown state ${word}: not selected`)
    return 'unknown'
  }

  /**
   * An image with an unreadable date, which a publisher may have written by hand, may be deprecated.
   * @param scheduled the state of an active image with a date
   */
  withDeprecation(
    state: ImageState,
    time: unknown,
    scheduled: ImageState = 'active',
  ): { readonly state: ImageState; readonly deprecation?: string } {
    if (time === undefined || time === null || time === '') return { state }
    const isReadable = isTime(time) && readTime(time) !== undefined
    if (!isReadable) this.warn(`${this.image} has an unreadable deprecation date: not selected`)
    if (isTime(time)) return { state: state === 'active' ? scheduled : state, deprecation: time }
    return { state: isSelectable(state) ? 'unknown' : state }
  }
}

/** Whether an allow-list kept the name of an image; an image with a malformed name is ignored. */
export function hasName(image: unknown): boolean {
  return (image as { name?: unknown }).name !== undefined
}

/** Replaces text that is not a time, which may be free text. */
export function scrubTime(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return value
  return isTime(value) ? value : 'unreadable'
}

/** @param option the option that names another endpoint */
export function notAList(query: string, option: string): ServiceError {
  return new ServiceError(
    `${query}: the response is not a list of images`,
    `Check HTTPS_PROXY and ${option}: a proxy or a sign-in page may have sent the response.`,
  )
}

/** One line of ASCII, at most as long as a description on GCP. */
const PLAIN = /^[ -~]{0,2048}$/

/** Reduces a description to its release if it may contain an id or a secret. */
export function scrubDescription(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const isHarmless = PLAIN.test(text) && findSecret(text, { published: '' }) === undefined
  return isHarmless ? text : releaseIn(text)
}

/** Replaces an opaque page token by a digest, which a replay already receives. */
export function scrubToken(token: string, isLive: boolean): string {
  if (!isLive && /^[0-9a-f]{32}$/.test(token)) return token
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}

/** For one list; 100,000 images are 100 pages of EC2. */
const MOST_PAGES = 1000

/** @returns a check of each page's token that throws ServiceError for repetition or too many pages */
export function createPageCheck(query: string): (token: string | undefined) => void {
  const seen = new Set<string>()
  return (token) => {
    if (token === undefined) return
    if (seen.has(token) || seen.size >= MOST_PAGES) {
      throw new ServiceError(`${query}: the list has too many pages`, 'Try again later.')
    }
    seen.add(token)
  }
}
