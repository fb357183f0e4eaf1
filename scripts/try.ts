/**
 * The first five minutes: a repository with two streams, captured from mock servers, and a bump. Each
 * command is printed before what it says; the folder stays.
 */
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { startAzure } from '../test/mock-servers/azure.ts'
import {
  imagesAfterBump,
  imagesBeforeBump,
  knownImages,
} from '../test/mock-servers/azure-images.ts'
import { smallStream } from '../test/support/streams.ts'

const CLI = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url))
const [NINE, TEN] = ['418.94.202410090804-0', '10.2.20260423-0']

const folder = await fs.mkdtemp(join(tmpdir(), 'try-stream-snapshot-'))
const certificates = await fs.mkdtemp(join(tmpdir(), 'try-certificates-'))
/** Those of RHEL 10; of RHEL 9 the demonstration has its own. */
const tens = knownImages().filter(({ version }) => version.startsWith('10.'))
const azure = await startAzure({ images: [...imagesBeforeBump(), ...tens] })
const certificate = join(certificates, 'azure.pem')
const write = (name: string, text: string) => fs.outputFile(join(folder, name), text)
try {
  await fs.writeFile(certificate, azure.certificate)
  await write('data/coreos-rhel-9.json', smallStream({ aarch64: NINE, x86_64: NINE }, '4.18-9.4'))
  await write('data/coreos-rhel-10.json', smallStream({ aarch64: TEN, x86_64: TEN }, '5.0-10.2'))
  await run('git', 'init', '--quiet')

  say('A repository with two streams. Its workspace, once:')
  await run('stream-snapshot', 'init')
  say('With credentials: ask the cloud, record its answers, write snapshots and streams.')
  await run('stream-snapshot', 'update', '--azure-endpoint', azure.url)
  await run('git', 'add', '.')
  await run('git', ...anyone(), 'commit', '--quiet', '--message', 'Capture the images')
  say('Without, anywhere, as in CI:')
  await run('stream-snapshot', 'check')

  say('Days later the images of the build are out. The same command picks them up:')
  azure.setImages([...imagesAfterBump(), ...tens])
  await run('stream-snapshot', 'update', '--azure-endpoint', azure.url)
  say('What that does, for the pull request; and what is left to publish:')
  await run('stream-snapshot', 'diff', 'rhel-9')
  await run('stream-snapshot', 'skew', 'rhel-9')
  await run('stream-snapshot', 'check')
  await run('git', 'status', '--short')
  say(`It is all in ${folder}; the mock server for Azure is gone, and nothing else needs it.`)
} finally {
  await azure.close()
  await fs.remove(certificates)
}

function anyone(): string[] {
  return ['-c', 'user.name=nobody', '-c', 'user.email=nobody@example.com']
}

function say(text: string): void {
  process.stdout.write(`\n# ${text}\n`)
}

/** Prints a command line and runs it; a difference that it finds is no failure. */
function run(program: string, ...words: string[]): Promise<void> {
  process.stdout.write(`$ ${[program, ...words].join(' ')}\n`)
  const isOurs = program === 'stream-snapshot'
  const [file = '', ...args] = isOurs ? [process.execPath, CLI, ...words] : [program, ...words]
  const env = { ...process.env, ...azure.environment, NODE_EXTRA_CA_CERTS: certificate }
  const child = spawn(file, args, { cwd: folder, env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) =>
      status === 0 || (words[0] === 'diff' && status === 1)
        ? resolve()
        : reject(new Error(`${program} ended with ${status}`)),
    )
  })
}
