import { createHash } from 'node:crypto'

/**
 * What a recording has in place of a paging token: the token is opaque, so nobody knows what it
 * tells of the one who asked. The same wherever the token is given and used.
 */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}
