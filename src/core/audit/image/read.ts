import { getMember, isRecord, parseDocument, toValue } from '../../json/document.ts'
import type { ImageFile } from '../../stream/marketplace.ts'
import { MarketplaceFile } from '../../stream/marketplace-file.ts'
import { readStream } from '../../stream/stream.ts'

/**
 * Reads a stream, or what has neither of a stream's keys and looks like a marketplace file.
 *
 * @throws InputError for what is neither
 */
export function readImageSource(text: string, file: string): ImageFile {
  const { root } = parseDocument(text, file)
  const isStream = ['stream', 'architectures'].some((key) => getMember(root, key) !== undefined)
  const value = isStream ? undefined : toValue(root)
  const looksLikeMarketplace =
    isRecord(value) && Object.keys(value).length > 0 && Object.values(value).every(isRecord)
  return looksLikeMarketplace ? MarketplaceFile.read(text, file) : readStream(text, file)
}
