import { releaseIn } from '../../core/versions/release-in.ts'
import { findId, findSecret } from '../../secrets.ts'

/**
 * What is kept of an image's description, a publisher's free text: all of it, or where it holds
 * anybody's id or secret the release that it tells, which is all that is ever read of it.
 *
 * @returns undefined for a text that tells none
 */
export function plainDescription(text: string): string | undefined {
  return (findId(text) ?? findSecret(text)) === undefined ? text : releaseIn(text)
}
