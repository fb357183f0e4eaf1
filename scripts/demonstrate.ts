/** Captures the committed snapshots again from mock servers, and regenerates the demo streams. */
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { BUILD_SERVERS } from '../src/core/criteria/criteria.ts'
import {
  imagesAfterBump,
  imagesBeforeBump,
  knownImages,
} from '../test/mock-servers/azure-images.ts'
import { startBuilds } from '../test/mock-servers/builds.ts'
import { startClouds } from '../test/mock-servers/clouds.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../test/mock-servers/demonstration-builds.ts'

const IMAGES = { before: imagesBeforeBump, after: imagesAfterBump }
const root = fileURLToPath(new URL('../', import.meta.url))
const SNAPSHOT = 'snapshots/rhcos-4.18.json'
const STREAM = 'demo/rhcos.json'

/** Only marketplace images are captured for this stream. */
const RHEL_10 = { snapshot: 'snapshots/rhel-10.json', target: 'demo/rhel-10.json', ocp: '5.0' }

const { images } = await yargs(hideBin(process.argv))
  .option('images', {
    choices: ['before', 'after'] as const,
    default: 'after' as const,
    describe: 'State of the marketplace: before or after the images of the build are published',
  })
  .strict()
  .parseAsync()

const folder = await fs.mkdtemp(join(tmpdir(), 'demonstration-'))
const clouds = await startClouds(folder, { azure: { images: IMAGES[images]() } })
// Each call writes its certificates to its own folder.
await fs.ensureDir(join(folder, 'later'))
const later = await startClouds(join(folder, 'later'), { azure: { images: knownImages() } })
const builds = await startBuilds(demonstrationBuilds)
const { name, release, architectures } = DEMONSTRATION
try {
  // The builds are fetched from the mock server, but have the locations of the real build server.
  const urls = architectures.map(
    (arch) => `${builds.streams}/${name}/builds/${release}/${arch}/meta.json`,
  )
  const identity = ['--name', name, '--url', BUILD_SERVERS.rhcos, '--no-signatures', ...urls]
  const criteria = ['--criteria', 'built-in']
  await cli(clouds, 'capture', SNAPSHOT, ...identity, ...criteria, ...clouds.args)
  // The images may become older, because of --images.
  await cli(clouds, 'regenerate', SNAPSHOT, '--target', STREAM, '--allow-regression')
  const { snapshot, target, ocp } = RHEL_10
  const stream = ['--stream', target, '--ocp', ocp]
  await cli(later, 'capture', snapshot, ...stream, ...criteria, ...later.args)
  await cli(later, 'regenerate', snapshot, '--target', target, '--allow-regression')
} finally {
  await Promise.all([clouds.close(), later.close(), builds.close()])
  await fs.remove(folder)
}

/** Runs the built command line in the root folder. */
function cli({ environment }: typeof clouds, ...args: string[]): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...environment }
  const child = spawn(process.execPath, ['dist/cli.cjs', ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`${args[0]} exited with ${status}`)),
    )
  })
}
