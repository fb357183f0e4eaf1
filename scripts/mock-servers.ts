/**
 * Starts mock servers for all clouds and the build server, and prints the commands for a capture.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fs from 'fs-extra'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { imagesAfterBump, imagesBeforeBump } from '../test/mock-servers/azure-images.ts'
import { startBuilds } from '../test/mock-servers/builds.ts'
import { startClouds } from '../test/mock-servers/clouds.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../test/mock-servers/demonstration-builds.ts'
import { closeOnSignal, toExports } from '../test/mock-servers/script.ts'

const IMAGES = { before: imagesBeforeBump, after: imagesAfterBump }

const { images } = await yargs(hideBin(process.argv))
  .scriptName('mock-servers')
  .usage('$0\n\nRun mock servers for Azure, EC2, Compute and the build server.')
  .option('images', {
    choices: ['before', 'after'] as const,
    default: 'before' as const,
    describe: 'State of the marketplace: before or after the images of the build are published',
  })
  .strict()
  .version(false)
  .parseAsync()

const folder = await fs.mkdtemp(join(tmpdir(), 'mock-servers-'))
const clouds = await startClouds(folder, { azure: { images: IMAGES[images]() } })
const builds = await startBuilds(demonstrationBuilds)
closeOnSignal(async () => {
  await Promise.all([clouds.close(), builds.close()])
  await fs.remove(folder)
})

const { name, release, architectures } = DEMONSTRATION
const capture = [
  ...['npx', 'stream-snapshot', 'capture', 's.json', '--name', name, '--url', builds.streams],
  ...architectures.map((arch) => `${arch}=${release}`),
  ...clouds.args,
]
process.stdout.write(
  [
    '# Paste this into another terminal:',
    ...toExports(clouds.environment),
    '# Then, for example:',
    capture.join(' '),
    '# And afterwards:',
    `unset ${Object.keys(clouds.environment).join(' ')}`,
    '',
  ].join('\n'),
)
