import { releaseIn } from '../../core/versions/release-in.ts'
import { findId, findSecret } from '../../secrets.ts'

/** One line of plain letters and signs, no longer than Compute has them. */
const PLAIN = /^[ -~]{0,2048}$/

/**
 * What is kept of an image's description, a publisher's free text: all of it, or where it is not
 * plain, or holds anybody's id or secret, the release that it tells, which is all that is ever read
 * of it.
 *
 * @returns undefined for a text that tells none
 */
export function plainDescription(text: string): string | undefined {
  const isHarmless = PLAIN.test(text) && (findId(text) ?? findSecret(text)) === undefined
  return isHarmless ? text : releaseIn(text)
}
