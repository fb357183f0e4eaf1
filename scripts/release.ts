/**
 * Creates a release in `release/`: the npm package, the command line as one file and as an
 * executable for each platform, digests, an SBOM and the release notes. All files except the
 * executable for the platform of this machine are reproducible.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import fs from 'fs-extra'
import { inject } from 'postject'
import { asCommonJs, bundleOptions, COMMAND_LINE, REQUIRE } from './build/command-line.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const release = (name: string) => join(root, 'release', name)
const execute = promisify(execFile)

const PLATFORMS = ['linux-x64', 'linux-arm64']

const { name, version, engines } = await fs.readJson(join(root, 'package.json'))

const { stdout: changed } = await execute('git', ['status', '--porcelain'], { cwd: root })
if (changed !== '') throw new Error(`uncommitted changes:\n${changed}`)

await fs.emptyDir(release(''))
const { stdout: packed } = await execute(
  'npm',
  ['pack', '--ignore-scripts', '--json', '--pack-destination', release('')],
  { cwd: root, maxBuffer: 64 * 1024 * 1024 },
)
const tarball: string = JSON.parse(packed)[0].filename

const options = { ...bundleOptions(root, engines.node), ...COMMAND_LINE }
await build({
  ...options,
  entryPoints: ['src/cli.ts'],
  format: 'esm',
  outfile: release('stream-snapshot.mjs'),
  banner: { js: REQUIRE },
})
await fs.chmod(release('stream-snapshot.mjs'), 0o755)

const executables = await makeExecutables()

const { stdout: bill } = await execute(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'],
  { cwd: root, maxBuffer: 64 * 1024 * 1024 },
)
const { serialNumber: _, metadata, ...materials } = JSON.parse(bill)
const { timestamp: __, component, ...about } = metadata
// npm uses the name of the folder instead of the package name.
const own = { ...component, name }
await fs.writeJson(
  release('sbom.cdx.json'),
  { ...materials, metadata: { ...about, component: own } },
  { spaces: 2 },
)
await fs.writeFile(release('notes.md'), await notes())

const files = [tarball, 'stream-snapshot.mjs', ...executables, 'sbom.cdx.json']
const sums = await Promise.all(
  files.map(async (name) => {
    const digest = createHash('sha256').update(await fs.readFile(release(name)))
    return `${digest.digest('hex')}  ${name}\n`
  }),
)
await fs.writeFile(release('SHA256SUMS'), sums.join(''))
process.stdout.write(`${version}:\n${sums.join('')}`)

/**
 * Single executable applications of Node: a Node binary with the command line in it. The binary of
 * another platform comes from the npm package of that platform, in this Node's version. V8's
 * compiled code works on one platform only, so the others start without it.
 */
async function makeExecutables(): Promise<string[]> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'release-'))
  try {
    const script = join(folder, 'stream-snapshot.cjs')
    const commonJs = asCommonJs('process.execPath')
    await build({
      ...options,
      entryPoints: ['src/cli.ts'],
      outfile: script,
      ...commonJs,
      // The default `require` of the executable only finds Node's modules and warns about others.
      banner: {
        js: `require = require('node:module').createRequire(process.execPath); ${commonJs.banner.js}`,
      },
    })
    const names: string[] = []
    for (const platform of PLATFORMS) {
      const isOwn = platform === `${process.platform}-${process.arch}`
      const blob = join(folder, 'blob')
      const config = join(folder, 'config.json')
      const content = { main: script, output: blob, disableExperimentalSEAWarning: true }
      await fs.writeJson(config, { ...content, useCodeCache: isOwn })
      await execute(process.execPath, ['--experimental-sea-config', config])
      const file = `stream-snapshot-${platform}`
      await fs.copy(isOwn ? process.execPath : await fetchNode(platform, folder), release(file))
      await fs.chmod(release(file), 0o755)
      await inject(release(file), 'NODE_SEA_BLOB', await fs.readFile(blob), {
        sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
      })
      names.push(file)
    }
    return names
  } finally {
    await fs.remove(folder)
  }
}

/** Downloads the Node binary of another platform. */
async function fetchNode(platform: string, folder: string): Promise<string> {
  const spec = `node-${platform}@${process.versions.node}`
  const { stdout } = await execute('npm', ['pack', spec, '--json', '--pack-destination', folder])
  await execute('tar', ['-xzf', join(folder, JSON.parse(stdout)[0].filename), '-C', folder])
  return join(folder, 'package/bin/node')
}

/** The section of this version in CHANGELOG.md, or the first section. */
async function notes(): Promise<string> {
  const changelog = await fs.readFile(join(root, 'CHANGELOG.md'), 'utf8')
  const sections = changelog.split(/^## /m).slice(1)
  const own = sections.find((each) => each.startsWith(version)) ?? sections[0] ?? ''
  return `# stream-snapshot ${version}\n\n${own.split('\n').slice(1).join('\n').trim()}\n`
}
