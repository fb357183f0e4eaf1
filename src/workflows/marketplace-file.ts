/** Which marketplace file belongs to a stream, by the names that repositories give them. */

import { basename, dirname, join } from 'node:path'
import { MarketplaceFile } from '../core/stream/marketplace-file.ts'
import { isStream } from '../core/stream/stream.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'

/** The subfolder of marketplace files; others are beside their stream, `marketplace-NAME.json`. */
export const MARKETPLACE_FOLDER = 'marketplace'

/** `data/data/coreos/coreos-rhel-9.json` is `rhel-9`, as `marketplace/coreos-rhel-9.json` is. */
export function shortName(file: string): string {
  return basename(file, '.json')
    .replace(/^marketplace-/, '')
    .replace(/^coreos-(?=.)/, '')
}

/** The marketplace file of a stream; undefined if there is none. */
export async function findMarketplaceFile(
  folder: Folder,
  stream: string,
): Promise<{ readonly file: string; readonly content: MarketplaceFile } | undefined> {
  for (const { file, text } of await namesakes(folder, stream, ['.', MARKETPLACE_FOLDER])) {
    if (isStream(text)) continue
    try {
      return { file, content: MarketplaceFile.read(text, file) }
    } catch (error) {
      // Another file of this name.
      if (!(error instanceof InputError)) throw error
    }
  }
  return undefined
}

/** The stream of a marketplace file; undefined if there is none. */
export async function findStreamFile(
  folder: Folder,
  marketplaceFile: string,
): Promise<string | undefined> {
  const isInSubfolder = basename(dirname(folder.resolve(marketplaceFile))) === MARKETPLACE_FOLDER
  const others = await namesakes(folder, marketplaceFile, isInSubfolder ? ['.', '..'] : ['.'])
  return others.find(({ text }) => isStream(text))?.file
}

/** The files of a file's short name in folders relative to its own. */
async function namesakes(folder: Folder, file: string, places: readonly string[]) {
  const found: { readonly file: string; readonly text: string }[] = []
  for (const place of places) {
    const at = join(dirname(file), place)
    const names = folder.list(at, '.json').map((name) => join(at, name))
    for (const each of names) {
      if (each === join(file) || shortName(each) !== shortName(file)) continue
      const text = await folder.readIfExists(each).catch(() => undefined)
      if (text !== undefined) found.push({ file: each, text })
    }
  }
  return found
}
