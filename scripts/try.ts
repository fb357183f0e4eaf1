/**
 * Demonstrates the main workflow in a temporary repository like openshift/installer: captures two
 * streams from mock servers, bumps the builds, and shows the review. Prints each command with its
 * output, and keeps the folder.
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
import { startBuilds } from '../test/mock-servers/builds.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../test/mock-servers/demonstration-builds.ts'
import { smallStream } from '../test/support/streams.ts'

const CLI = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url))
const STREAMS = 'data/data/coreos'
const EARLIER = '418.94.202408270021-0'

const folder = await fs.mkdtemp(join(tmpdir(), 'stream-snapshot-start-'))
const certificates = await fs.mkdtemp(join(tmpdir(), 'certificates-'))
const rhel10Images = knownImages().filter(({ version }) => version.startsWith('10.'))
const azure = await startAzure({ images: [...imagesBeforeBump(), ...rhel10Images] })
const builds = await startBuilds(demonstrationBuilds)
const certificate = join(certificates, 'azure.pem')
const write = (name: string, text: string) => fs.outputFile(join(folder, name), text)
try {
  await fs.writeFile(certificate, azure.certificate)
  const rhel9 = { aarch64: EARLIER, x86_64: EARLIER }
  const rhel10 = { aarch64: '10.2.20260423-0', x86_64: '10.2.20260423-0' }
  await write(`${STREAMS}/coreos-rhel-9.json`, smallStream(rhel9, DEMONSTRATION.name))
  await write(`${STREAMS}/coreos-rhel-10.json`, smallStream(rhel10, '5.0-10.2'))
  for (const name of ['coreos-rhel-9', 'coreos-rhel-10']) {
    await write(`${STREAMS}/marketplace/${name}.json`, '{}\n')
  }
  await run('git', 'init', '--quiet', '--initial-branch', 'main')

  comment('A repository like openshift/installer. init finds its streams and marketplace files:')
  await run('stream-snapshot', 'init')
  await useBuildServer()
  comment('With credentials: query the cloud, record the responses, write snapshots and files.')
  await run('stream-snapshot', 'update', '--azure-endpoint', azure.url)
  await commit('Add the marketplace images')
  comment('Anywhere, without credentials or network: verify all files against their snapshots.')
  await run('stream-snapshot', 'check')

  comment('An RHCOS engineer bumps the builds, without cloud credentials:')
  await run('git', 'switch', '--quiet', '--create', 'bump')
  await run('stream-snapshot', 'update', '--cloud', 'none', 'rhel-9', DEMONSTRATION.release)
  await commit('Bump RHCOS')
  comment('Days later, the marketplace images of that build are published. Add them:')
  azure.setImages([...imagesAfterBump(), ...rhel10Images])
  await run('stream-snapshot', 'update', '--azure-endpoint', azure.url, 'rhel-9')

  comment('The changes for a reviewer, the images still to be published, and the check in CI:')
  await run('stream-snapshot', 'diff', '--base', 'main')
  await run('stream-snapshot', 'skew', 'rhel-9')
  await run('stream-snapshot', 'check')
  comment(
    `Everything is in ${folder}. The mock servers have stopped, and the files do not need them.`,
  )
} finally {
  await Promise.all([azure.close(), builds.close()])
  await fs.remove(certificates)
}

/** Sets the URL of the mock build server in the workspace. */
async function useBuildServer(): Promise<void> {
  const file = join(folder, 'stream-snapshot.json')
  const workspace = await fs.readJson(file)
  Object.assign(workspace.streams['rhel-9'], {
    name: DEMONSTRATION.name,
    url: builds.streams,
    signatures: false,
  })
  await fs.writeJson(file, workspace, { spaces: 2 })
}

async function commit(message: string): Promise<void> {
  await run('git', 'add', '.')
  const author = ['-c', 'user.name=Example', '-c', 'user.email=user@example.com']
  await run('git', ...author, 'commit', '--quiet', '--message', message)
}

function comment(text: string): void {
  process.stdout.write(`\n# ${text}\n`)
}

/** Prints and runs a command. `diff` exits with 1 if there are changes. */
function run(program: string, ...words: string[]): Promise<void> {
  const shown = words.map((word) => (word.includes(' ') ? `'${word}'` : word))
  process.stdout.write(`$ ${[program, ...shown].join(' ')}\n`)
  const isBuilt = program === 'stream-snapshot'
  const [file = '', ...args] = isBuilt ? [process.execPath, CLI, ...words] : [program, ...words]
  const env = { ...process.env, ...azure.environment, NODE_EXTRA_CA_CERTS: certificate }
  const child = spawn(file, args, { cwd: folder, env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) =>
      status === 0 || (words[0] === 'diff' && status === 1)
        ? resolve()
        : reject(new Error(`${program} ${words[0]} exited with ${status}`)),
    )
  })
}
