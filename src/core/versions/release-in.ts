import { readVersion } from './version.ts'

/**
 * Finds a release in an image's name or description: `413.92.202305021736-0` in
 * `rhcos-413.92.202305021736-0-x86_64-Marketplace-ID`, `9.6.20250701-0` in
 * `rhcos-9.6.20250701-0-x86_64`. The first one that can be read as a version counts.
 */
export function releaseIn(text: string): string | undefined {
  // Whole tokens: a product id follows after a hyphen, and its digits are no revision.
  const tokens = text.match(/(?<![\w.])[0-9]+\.[0-9]+\.[0-9]{8,12}(?:-[0-9]{1,4})?(?![\w.])/g) ?? []
  return tokens.find((token) => readVersion(token) !== undefined)
}
