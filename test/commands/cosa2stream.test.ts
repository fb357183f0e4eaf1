import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { DEMONSTRATION } from '../mock-servers/demonstration-builds.ts'
import { azureFor } from '../support/azure.ts'
import { ALL_BUILDS, buildServer } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const { name, release } = DEMONSTRATION
const SNAPSHOT = `snapshots/${name}.json`
const FILES = ['T.json', SNAPSHOT, `snapshots/${name}.recording.json`]

let folder: string
const read = (file: string) => readFile(join(folder, file), 'utf8')
const readAll = () => Promise.all(FILES.map(read))
/** The same options as for `plume cosa2stream`. */
const plumeArgs = (url: string) => [
  'cosa2stream',
  ...['--target', 'T.json', '--distro', 'rhcos', '--no-signatures', '--name', name, '--url', url],
  ...ALL_BUILDS,
]

beforeEach(async () => {
  folder = await temporaryFolder()
})

interface Stream {
  metadata: object
  architectures: Record<string, { 'rhel-coreos-extensions'?: Record<string, unknown> }>
}

describe('cosa2stream', () => {
  it('reports the missing credentials of each cloud', async () => {
    const builds = await buildServer()
    await writeFile(join(folder, 'T.json'), smallStream(EXAMPLE))
    const args = [...plumeArgs(builds.streams), '--cloud', 'aws,gcp']
    const { status, stderr } = await run(args, { cwd: folder })
    expect(status).toBe(0)
    const prefix = 'warning: marketplace images not queried: '
    expect(stderr).toContain(`${prefix}aws: no credentials found; sign in with aws sso login `)
    expect(stderr).toContain(`${prefix}gcp: no credentials found; sign in with gcloud `)
  })

  it('captures and regenerates in one step, and later only updates marketplace images', async () => {
    const builds = await buildServer()
    const azure = await azureFor(imagesBeforeBump())
    const options = { cwd: folder, env: azure.environment }
    const call = (...more: string[]) =>
      run([...plumeArgs(builds.streams), '--azure-endpoint', azure.url, ...more], options)
    await writeFile(join(folder, 'T.json'), smallStream(EXAMPLE))
    expect(await call()).toMatchObject({ status: 0, stdout: '' })
    const first = await readAll()
    const stream: Stream = JSON.parse(first[0] ?? '')
    expect(stream).toMatchObject({
      stream: 'rhcos-4.18',
      metadata: { generator: expect.stringMatching(/^stream-snapshot /) },
      architectures: {
        s390x: { artifacts: { metal: { release } } },
        x86_64: {
          artifacts: { qemu: { release } },
          'rhel-coreos-extensions': {
            'azure-disk': { release },
            'azure-marketplace': {
              'no-purchase-plan': { sku: '418-v2', version: '418.94.20240916' },
            },
          },
        },
      },
    })

    const requestCounts = [azure.requests.length, builds.requests.length]
    const verified = await run(['verify', SNAPSHOT, '--target', 'T.json'], {
      cwd: folder,
      env: { HTTPS_PROXY: 'http://127.0.0.1:9' },
    })
    expect(verified).toMatchObject({ status: 0 })
    expect([azure.requests.length, builds.requests.length]).toEqual(requestCounts)
    expect(await readAll()).toEqual(first)
    expect(await call()).toMatchObject({ status: 0 })
    expect(await readAll()).toEqual(first)

    azure.setImages(imagesAfterBump())
    expect(await call()).toMatchObject({ status: 0 })
    const bumped: Stream = JSON.parse(await read('T.json'))
    expect(bumped.architectures.x86_64?.['rhel-coreos-extensions']).toMatchObject({
      'azure-marketplace': {
        'no-purchase-plan': { sku: '418-v2', version: '418.94.202410090804' },
      },
    })
    for (const each of [stream, bumped]) {
      each.metadata = {}
      for (const { 'rhel-coreos-extensions': extensions } of Object.values(each.architectures)) {
        delete extensions?.['azure-marketplace']
      }
    }
    expect(bumped).toEqual(stream)
  })

  it('suggests --marketplace-file if the repository has a marketplace file', async () => {
    const builds = await buildServer()
    const azure = await azureFor(imagesBeforeBump())
    const options = { cwd: folder, env: azure.environment }
    const call = (...more: string[]) =>
      run([...plumeArgs(builds.streams), '--azure-endpoint', azure.url, ...more], options)
    await writeFile(join(folder, 'T.json'), smallStream(EXAMPLE))
    await writeFile(join(folder, 'marketplace-T.json'), '{}\n')
    const note = 'not in marketplace-T.json; add --marketplace-file marketplace-T.json, or run '
    expect((await call()).stderr).toContain(`warning: marketplace images are in T.json, ${note}`)
    const named = await call('--marketplace-file', 'marketplace-T.json', '--allow-regression')
    expect(named).toMatchObject({ status: 0, stderr: expect.not.stringContaining(note) })
    expect(await read('marketplace-T.json')).toContain('418-v2')
  })

  it('prints the stream without --target', async () => {
    const builds = await buildServer()
    const args = [
      '--name',
      name,
      '--url',
      builds.streams,
      '--cloud',
      'none',
      '--snapshot',
      's.json',
    ]
    const { status, stdout } = await run(['cosa2stream', ...args, ...ALL_BUILDS], { cwd: folder })
    expect(status).toBe(0)
    expect(Object.keys(JSON.parse(stdout).architectures)).toEqual([...DEMONSTRATION.architectures])
    expect((await readdir(folder)).sort()).toEqual(['s.json', 's.recording.json'])
  })
})

describe('cosa2stream keeps the target, the snapshot and the recording', () => {
  it('when the build server stops during the capture', async () => {
    const target = smallStream(EXAMPLE)
    await writeFile(join(folder, 'T.json'), target)
    const first = await buildServer()
    await run([...plumeArgs(first.streams), '--cloud', 'none'], { cwd: folder })
    const before = await readAll()

    const stopping = await buildServer({
      // Only one response is delayed: a second request would outlive the command and keep this process alive.
      faults: [{ path: /s390x/, fault: { kind: 'late', milliseconds: 60_000 } }],
    })
    const running = run([...plumeArgs(stopping.streams), '--cloud', 'none'], { cwd: folder })
    await expect.poll(() => stopping.requests.length, { timeout: 10_000 }).toBe(4)
    await expect.poll(() => stopping.requests.filter(({ status }) => status === 200).length).toBe(3)
    await stopping.close()
    const outcome = await running
    expect(outcome).toMatchObject({ status: 3, stdout: '' })
    expect(outcome.stderr).toMatch(
      /^stream-snapshot: http:.*meta\.json: connection refused \(ECONNREFUSED\)/,
    )
    expect(await readAll()).toEqual(before)
    expect(await readdir(join(folder, 'snapshots'))).toHaveLength(2)
  })

  it('when the target is not a stream, before any request', async () => {
    const builds = await buildServer()
    await writeFile(join(folder, 'T.json'), '{')
    const outcome = await run([...plumeArgs(builds.streams), '--cloud', 'none'], { cwd: folder })
    expect(outcome).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^stream-snapshot: T\.json:1:2: expected/),
    })
    expect(builds.requests).toEqual([])
    expect(await readdir(folder)).toEqual(['T.json'])
  })
})
