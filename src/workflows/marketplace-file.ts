/** Which marketplace file belongs to a stream, by the names that repositories give them. */

import { basename, dirname, join } from 'node:path'

/** The subfolder of marketplace files; others are in the folder of the stream, `marketplace-NAME.json`. */
export const MARKETPLACE_FOLDER = 'marketplace'

/** `data/data/coreos/coreos-rhel-9.json` is `rhel-9`, as `marketplace/coreos-rhel-9.json` is. */
export function shortName(file: string): string {
  return basename(file, '.json')
    .replace(/^marketplace-/, '')
    .replace(/^coreos-(?=.)/, '')
}

/** As openshift/installer names them: `marketplace/coreos-rhel-9.json`, `marketplace-rhcos.json`. */
export function marketplaceFilesFor(stream: string): string[] {
  return [`${MARKETPLACE_FOLDER}/`, 'marketplace-'].flatMap((prefix) =>
    namesFor(stream).map((name) => join(dirname(stream), `${prefix}${name}`)),
  )
}

/** The streams that a marketplace file may belong to. */
export function streamFilesFor(marketplaceFile: string): string[] {
  const folder = dirname(marketplaceFile)
  const names = namesFor(marketplaceFile)
  return [
    ...(basename(folder) === MARKETPLACE_FOLDER
      ? names.map((name) => join(folder, '..', name))
      : []),
    ...(basename(marketplaceFile).startsWith('marketplace-')
      ? names.map((name) => join(folder, name))
      : []),
  ]
}

function namesFor(file: string): string[] {
  const name = `${shortName(file)}.json`
  return [`coreos-${name}`, name]
}
