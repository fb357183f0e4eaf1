/**
 * Replaces `OWNER/stream-snapshot` with the name of the published repository in all tracked files,
 * and adds its URLs to package.json.
 *
 * usage: npm run set-repository -- example-org/stream-snapshot
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fs from 'fs-extra'

const PLACEHOLDER = 'OWNER/stream-snapshot'
const [repository = ''] = process.argv.slice(2)
if (!/^[A-Za-z0-9-]+\/[\w.-]+$/.test(repository)) {
  process.stderr.write(
    'set-repository: expected OWNER/NAME, for example example-org/stream-snapshot\n',
  )
  process.exit(2)
}

const files = execFileSync('git', ['grep', '--name-only', '--fixed-strings', PLACEHOLDER], {
  encoding: 'utf8',
})
for (const file of files.trim().split('\n')) {
  if (file === 'scripts/set-repository.ts') continue
  const text = await fs.readFile(file, 'utf8')
  await fs.writeFile(file, text.replaceAll(PLACEHOLDER, repository))
  process.stdout.write(`${file}: updated\n`)
}

const manifest = join(process.cwd(), 'package.json')
const { version, description, ...rest } = await fs.readJson(manifest)
const url = `https://github.com/${repository}`
const links = {
  homepage: `${url}#readme`,
  bugs: `${url}/issues`,
  repository: { type: 'git', url: `git+${url}.git` },
}
const { name, ...others } = rest
await fs.writeJson(manifest, { name, version, description, ...others, ...links }, { spaces: 2 })
process.stdout.write('package.json: updated\n')
