/**
 * Makes a release of what is built: the package, the command line as one file and as an executable of
 * this platform, their digests, a bill of materials and the notes. All but the executable have the same
 * bytes wherever they are made.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import fs from 'fs-extra'
import { inject } from 'postject'
import { bundleOptions, COMMAND_LINE, REQUIRE } from './build/command-line.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const release = (name: string) => join(root, 'release', name)
const execute = promisify(execFile)
const { name, version, engines } = await fs.readJson(join(root, 'package.json'))

const { stdout: changed } = await execute('git', ['status', '--porcelain'], { cwd: root })
if (changed !== '') {
  throw new Error(`a release is made of what is committed, and this is not:\n${changed}`)
}

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

const executable = `stream-snapshot-${process.platform}-${process.arch}`
await makeExecutable(release(executable))

const { stdout: bill } = await execute(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'],
  { cwd: root, maxBuffer: 64 * 1024 * 1024 },
)
const { serialNumber: _, metadata, ...materials } = JSON.parse(bill)
const { timestamp: __, component, ...about } = metadata
// npm calls the package by its folder.
const own = { ...component, name }
await fs.writeJson(
  release('sbom.cdx.json'),
  { ...materials, metadata: { ...about, component: own } },
  { spaces: 2 },
)
await fs.writeFile(release('notes.md'), await notes())

const files = [tarball, 'stream-snapshot.mjs', executable, 'sbom.cdx.json']
const sums = await Promise.all(
  files.map(async (name) => {
    const digest = createHash('sha256').update(await fs.readFile(release(name)))
    return `${digest.digest('hex')}  ${name}\n`
  }),
)
await fs.writeFile(release('SHA256SUMS'), sums.join(''))
process.stdout.write(`${version}:\n${sums.join('')}`)

/** By node's own way: node itself, with the command line and its compiled code in it. */
async function makeExecutable(file: string): Promise<void> {
  const [script, blob, config] = ['cjs', 'blob', 'json'].map((end) => `${file}.${end}`) as [
    string,
    string,
    string,
  ]
  await build({
    ...options,
    entryPoints: ['src/cli.ts'],
    format: 'cjs',
    outfile: script,
    define: { 'import.meta.url': 'here' },
    // The executable's own require knows nothing but node's modules, and warns of all else.
    banner: {
      js: "require = require('node:module').createRequire(process.execPath); const here = require('node:url').pathToFileURL(process.execPath).href;",
    },
  })
  await fs.writeJson(config, {
    main: script,
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
  })
  await execute(process.execPath, ['--experimental-sea-config', config])
  await fs.copy(process.execPath, file)
  await fs.chmod(file, 0o755)
  await inject(file, 'NODE_SEA_BLOB', await fs.readFile(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  })
  await Promise.all([script, blob, config].map((each) => fs.remove(each)))
}

/** What CHANGELOG says of this version, or of what is to come. */
async function notes(): Promise<string> {
  const changelog = await fs.readFile(join(root, 'CHANGELOG.md'), 'utf8')
  const sections = changelog.split(/^## /m).slice(1)
  const own = sections.find((each) => each.startsWith(version)) ?? sections[0] ?? ''
  return `# stream-snapshot ${version}\n\n${own.split('\n').slice(1).join('\n').trim()}\n`
}
