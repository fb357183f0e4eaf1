/**
 * Captures the committed snapshot anew from the stand-ins, as an engineer would from the clouds, and
 * regenerates the stream of the demonstration from it.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { startAzure } from './stand-in/azure.ts'
import { imagesAfterBump, imagesBeforeBump } from './stand-in/azure-images.ts'

const TABLES = { before: imagesBeforeBump, after: imagesAfterBump }
const root = fileURLToPath(new URL('../', import.meta.url))
const SNAPSHOT = 'snapshots/rhcos-4.18.json'
const STREAM = 'demo/rhcos.json'

const { images } = await yargs(hideBin(process.argv))
  .option('images', {
    choices: ['before', 'after'] as const,
    default: 'after' as const,
    describe: 'The marketplace before or after it has the images of the build',
  })
  .strict()
  .parseAsync()

const azure = await startAzure({ images: TABLES[images]() })
try {
  await cli('capture', SNAPSHOT, '--stream', STREAM, '--azure-endpoint', azure.url)
  await cli('regenerate', SNAPSHOT, '--target', STREAM)
} finally {
  await azure.close()
}

/** Runs the built command line in the project's folder. */
function cli(...args: string[]): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...azure.environment }
  const child = spawn(process.execPath, ['dist/cli.js', ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`${args[0]} ended with ${status}`)),
    )
  })
}
