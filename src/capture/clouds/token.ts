import { createHash } from 'node:crypto'
import { ServiceError } from '../../errors.ts'

/**
 * What a recording has in place of a paging token: the token is opaque, so nobody knows what it
 * tells of the one who asked. The same wherever the token is given and used.
 */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}

/** What a replay has of a token: a recording's are digests already. */
function recordedToken(token: string): string {
  return /^[0-9a-f]{32}$/.test(token) ? token : digestOf(token)
}

/** How a recording spells a paging token: of a cloud, or of a recording. */
export function spellingOf(isLive: boolean): (token: string) => string {
  return isLive ? digestOf : recordedToken
}

/** Pages of any list; a hundred thousand images are a hundred pages of EC2's. */
const MOST_PAGES = 1000

/**
 * Watches a list's pages, of which each names the next.
 *
 * @returns takes a page's token, as it comes
 * @throws ServiceError for a page that leads back to one before it, and for more than any list has
 */
export function pageWatch(question: string): (token: string | undefined) => void {
  const seen = new Set<string>()
  return (token) => {
    if (token === undefined) return
    if (seen.has(token) || seen.size >= MOST_PAGES) {
      throw new ServiceError(`${question}: the pages have no end`, 'Try again later.')
    }
    seen.add(token)
  }
}
