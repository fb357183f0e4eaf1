import { createHash } from 'node:crypto'
import { isSelectable } from '../../core/clouds/order.ts'
import { type ImageState, readTime } from '../../core/snapshot/snapshot.ts'
import { isState, isTime } from '../../core/snapshot/values.ts'
import { releaseIn } from '../../core/versions/version.ts'
import { ServiceError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { findSecret } from '../../secrets.ts'

/** @param which `image 3`: the value itself is not printed */
export function malformed(query: string, which: string, member: string): string {
  return `${query}: ${which} of the response is ignored: malformed ${member}`
}

type Table<T> = Readonly<Record<string, T>>

export class ImageReader {
  /**
   * @param image for messages: `aws us-east-1: image ami-0123456789`
   * @param spell the words of the API as the tables have them
   */
  constructor(
    readonly image: string,
    readonly warn: (text: string) => void,
    readonly spell = (word: string) => word,
  ) {}

  /** @throws ServiceError for a word that the table does not have */
  read<T>(table: Table<T>, word: unknown, absent: T): T {
    if (word === undefined || word === null || word === '') return absent
    const key = this.spell(String(word))
    if (Object.hasOwn(table, key)) return table[key] as T
    throw new ServiceError(
      `${this.image} has an unknown property: ${printable(String(word))}`,
      'Update stream-snapshot: a later version may support it.',
    )
  }

  /** An image in an unknown state is kept and never selected. */
  readState(table: Table<ImageState>, word: unknown): ImageState {
    if (!isState(word) || Object.hasOwn(table, this.spell(word))) {
      return this.read<ImageState>(table, word, 'active')
    }
    this.warn(`${this.image} has the unknown state ${word}: not selected`)
    return 'unknown'
  }

  /**
   * The state and the time of deprecation, which publishers sometimes write by hand. An image with a
   * time that is unreadable may be deprecated.
   */
  withDeprecation(
    state: ImageState,
    time: unknown,
  ): { readonly state: ImageState; readonly deprecation?: string } {
    if (time === undefined || time === null || time === '') return { state }
    const isReadable = isTime(time) && readTime(time) !== undefined
    if (!isReadable) this.warn(`${this.image} has an unreadable deprecation date: not selected`)
    if (isTime(time)) return { state, deprecation: time }
    return { state: isSelectable(state) ? 'unknown' : state }
  }
}

/** What a recording has in place of a date: anything that is not like one may be free text. */
export function recordedTime(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return value
  return isTime(value) ? value : UNREADABLE
}

const UNREADABLE = 'unreadable'

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
export function plainDescription(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const isHarmless = PLAIN.test(text) && findSecret(text, { published: '' }) === undefined
  return isHarmless ? text : releaseIn(text)
}

/** Replaces a paging token in a recording: an opaque token may contain anything. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}

/** How a recording spells paging tokens; in a replay, they are digests already. */
export function tokenSpelling(isLive: boolean): (token: string) => string {
  return (token) => (!isLive && /^[0-9a-f]{32}$/.test(token) ? token : tokenDigest(token))
}

/** The pages of any list; a hundred thousand images are a hundred pages of EC2. */
const MOST_PAGES = 1000

/** @returns checks each page's token; throws ServiceError for a repeated one and for too many pages */
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
