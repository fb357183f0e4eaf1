import { join } from 'node:path'
import fs from 'fs-extra'

/**
 * The license texts of the bundled packages.
 *
 * @param files paths relative to `root`; files outside packages are ignored
 */
export function getNotices(root: string, files: readonly string[]): string {
  const folders = files.flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
  const notices = [...new Set(folders)].sort().map((each) => {
    const folder = join(root, each)
    const { name, version, license } = fs.readJsonSync(join(folder, 'package.json'))
    const file = fs.readdirSync(folder).find((entry) => /^(licen[sc]e|copying)/i.test(entry))
    const text = file === undefined ? '' : fs.readFileSync(join(folder, file), 'utf8').trim()
    return `${name} ${version} (${license})\n\n${text}`
  })
  return `The command line contains code of these packages.\n\n${notices.join('\n\n---\n\n')}\n`
}
