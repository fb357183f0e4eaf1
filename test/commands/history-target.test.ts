import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAt } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { smallStream } from '../support/streams.ts'

const OLD = '418.94.202409162337-0'
const NEW = '418.94.202410090804-0'
const [SEPTEMBER, OCTOBER, JANUARY] = [
  azureImage('418-v2', '418.94.20240916'),
  azureImage('418-v2', '418.94.202410090804'),
  azureImage('418-v2', '418.94.20250122'),
]
const SLOT = 'azure no-purchase-plan x86_64 gen2'
const FULL = 'azureopenshift:aro4:418-v2:'

let folder: string
const call = (...args: string[]) => run(args, { cwd: folder })
const write = (name: string, text: string) => writeFile(join(folder, name), text)
const commit = (time: string, message: string) => commitAt(folder, time, message)
const history = (...more: string[]) => call('history', 's.json', '--target', 'rhcos.json', ...more)

/** Returns the lines of a history, without commit hashes and dates. */
const eventLines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^[0-9a-f]{7} {2}\S+ {2}/, '').replace(/ {2,}/g, ' '))

beforeEach(async () => {
  folder = await temporaryFolder()
  await write('s.json', snapshotText([SEPTEMBER]))
  await write('rhcos.json', smallStream({ x86_64: OLD }))
  await commit('2024-09-20T12:00:00Z', 'first')
})

it('history of a snapshot does not add the images of its marketplace file', async () => {
  const config = { snapshot: 's.json', target: 'rhcos.json', marketplaceFile: 'm.json' }
  await write('stream-snapshot.json', JSON.stringify({ streams: { rhcos: config } }))
  await write('s.json', snapshotText([SEPTEMBER, OCTOBER]))
  await write('rhcos.json', smallStream({ x86_64: NEW }))
  expect(await call('regenerate', 'rhcos')).toMatchObject({ status: 0 })
  await commit('2024-10-12T12:00:00Z', 'images')
  const { stdout } = await call('history', 's.json', '--max-count', '1')
  expect(eventLines(stdout).filter((line) => line.includes(SLOT))).toHaveLength(1)
})

describe('history of a snapshot without builds, with --target', () => {
  it('uses the releases that the stream had in each commit', async () => {
    await write('s.json', snapshotText([SEPTEMBER, OCTOBER, JANUARY]))
    await commit('2024-10-12T12:00:00Z', 'images')
    await write('rhcos.json', smallStream({ x86_64: NEW }))
    await commit('2024-10-20T12:00:00Z', 'bump')
    const { status, stdout, stderr } = await history()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(eventLines(stdout)).toEqual([
      'bump',
      ` ~ build x86_64 ${OLD} -> ${NEW}`,
      ` ~ ${SLOT} ${FULL}418.94.20240916 -> 418.94.202410090804 exact`,
      'images',
      ' builds and slots unchanged',
      'first',
      ` + build x86_64 ${OLD}`,
      ` + ${SLOT} ${FULL}418.94.20240916 exact`,
    ])
    expect(eventLines((await history('--max-count', '1')).stdout)).toEqual(
      eventLines(stdout).slice(0, 3),
    )
    const since = await history('--since', '2024-10-12')
    expect(eventLines(since.stdout)).toEqual(eventLines(stdout).slice(0, 5))
    const full = await history('--full', '--max-count', '1')
    expect(full.stdout).toContain('13 slots without an image')
  })

  it('omits a commit that keeps the releases, or makes the stream invalid', async () => {
    await write('rhcos.json', `${smallStream({ x86_64: OLD })}\n`)
    await commit('2024-09-21T12:00:00Z', 'a line end')
    await write('rhcos.json', '<<<<<<< HEAD')
    await commit('2024-09-22T12:00:00Z', 'a conflict')
    const { status, stdout } = await history()
    expect(status).toBe(0)
    expect(eventLines(stdout)[0]).toBe('first')
    expect(eventLines(stdout)[2]).toContain('exact')
  })

  it('ignores the target if the snapshot has builds', async () => {
    const location = 'https://rhcos.mirror.openshift.com/art/storage/prod/streams/a'
    const builds = { x86_64: { release: OLD, location, meta: {} } }
    await write('s.json', snapshotText([SEPTEMBER], { builds }))
    await commit('2024-09-21T12:00:00Z', 'a build')
    await write('rhcos.json', smallStream({ x86_64: NEW }))
    await commit('2024-10-20T12:00:00Z', 'bump')
    expect(eventLines((await history()).stdout).slice(0, 2)).toEqual([
      'a build',
      ` + artifact metal x86_64 ${OLD}`,
    ])
  })

  it('reports that images are not graded without a target', async () => {
    const notGraded = 's.json: no builds, so images are not graded; add --target FILE\n'
    const withoutTarget = await call('history', 's.json')
    expect(withoutTarget).toMatchObject({ status: 0, stderr: notGraded })
    expect(eventLines(withoutTarget.stdout)).toEqual(['first', ` + ${SLOT} ${FULL}418.94.20240916`])
    const absent = await call('history', 's.json', '--target', 'no.json')
    expect(absent).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: --target: no.json: no such file\nUse an existing stream file.\n',
    })
  })

  it('grades the images of a marketplace file', async () => {
    const entry = { publisher: 'azureopenshift', offer: 'aro4', sku: '418-v2' }
    const image = { ...entry, version: '418.94.20240916' }
    const azure = { 'no-purchase-plan': { hyperVGen2: image } }
    await write('marketplace.json', JSON.stringify({ x86_64: { azure } }))
    await commit('2024-09-25T12:00:00Z', 'in a file of their own')
    const { stdout } = await call('history', 'marketplace.json', '--target', 'rhcos.json')
    expect(eventLines(stdout).at(-1)).toBe(` + ${SLOT} ${FULL}418.94.20240916 exact`)
  })
})

describe('history shows no change that git diff does not show', () => {
  const entry = { publisher: 'azureopenshift', offer: 'aro4', sku: '418-v2' }
  const marketplace = (version: string) => ({
    azure: { 'no-purchase-plan': { hyperVGen2: { ...entry, version } } },
  })
  const images = (version: string) => JSON.stringify({ x86_64: marketplace(version) })
  const stream = (version: string) => {
    const value = JSON.parse(smallStream({ x86_64: OLD }))
    value.architectures.x86_64['rhel-coreos-extensions'] = { marketplace: marketplace(version) }
    return JSON.stringify(value)
  }
  const ADDED = ` + ${SLOT} ${FULL}418.94.20240916 exact`
  const CHANGED = ` ~ ${SLOT} ${FULL}418.94.20240916 -> 418.94.202410090804 newer-build`

  it('for a marketplace file that was removed and added again', async () => {
    await write('m.json', images('418.94.20240916'))
    await commit('2024-09-25T12:00:00Z', 'images')
    await rm(join(folder, 'm.json'))
    await commit('2024-09-26T12:00:00Z', 'removed')
    await write('rhcos.json', smallStream({ x86_64: NEW }))
    await commit('2024-09-27T12:00:00Z', 'bump')
    await write('m.json', images('418.94.20240916'))
    await commit('2024-09-28T12:00:00Z', 'restored')
    const { stdout } = await call('history', 'm.json', '--target', 'rhcos.json')
    expect(eventLines(stdout)).toEqual([
      'restored',
      ` + ${SLOT} ${FULL}418.94.20240916 older-build`,
      'bump',
      ` ~ build x86_64 ${OLD} -> ${NEW}`,
      'removed',
      ' - file m.json',
      ` - ${SLOT} ${FULL}418.94.20240916`,
      'images',
      ADDED,
    ])
  })

  it('for an image that was edited in the stream', async () => {
    await write('rhcos.json', stream('418.94.20240916'))
    await commit('2024-09-25T12:00:00Z', 'images')
    await write('rhcos.json', stream('418.94.202410090804'))
    await commit('2024-09-26T12:00:00Z', 'by hand')
    await write('rhcos.json', `${stream('418.94.202410090804')}\n`)
    await commit('2024-09-27T12:00:00Z', 'a line end')
    expect(eventLines((await history()).stdout)).toEqual([
      'by hand',
      CHANGED,
      'images',
      ADDED,
      'first',
      ` + build x86_64 ${OLD}`,
      ADDED,
    ])
  })

  it.each([
    ['a snapshot', 's.json', 'rhcos.json'],
    ['a stream', 'rhcos.json', undefined],
  ])('for %s if all files change together', async (_, file, target) => {
    await write('rhcos.json', stream('418.94.20240916'))
    await commit('2024-09-25T12:00:00Z', 'images')
    await write('s.json', snapshotText([azureImage('418-v2', '418.94.20240917')]))
    await write('rhcos.json', stream('418.94.20240917'))
    await commit('2024-09-26T12:00:00Z', 'update')
    const words = target === undefined ? [] : ['--target', target]
    const { stdout } = await call('history', file, ...words, '-o', 'json')
    expect(JSON.parse(stdout).at(-1).changes).toMatchObject([
      { kind: 'slot', change: 'changed', after: { release: '418.94.20240917' } },
    ])
  })
})

describe('report of a snapshot without builds', () => {
  const page = async (...more: string[]) => {
    const { status } = await call('report', 's.json', '--file', 'r.html', ...more)
    expect(status).toBe(0)
    return (await readFile(join(folder, 'r.html'), 'utf8')).replace(/<style>.*<\/style>/s, '')
  }

  it('uses the releases of the target for the lag and for the images to publish', async () => {
    await write('rhcos.json', smallStream({ x86_64: NEW }))
    await commit('2024-10-20T12:00:00Z', 'bump')
    const text = await page('--target', 'rhcos.json')
    expect(text).toContain(
      '1 of 14 slots is behind the build by up to 23 days, 13 without an image, 14 images',
    )
    expect(text).toMatch(/<code>aro_418<.*<code>418\.94\.20241009</)
    expect(text).toContain(`<dt>Build for x86_64</dt><dd><code>${NEW}</code></dd>`)
  })

  it('reports an unknown release without a target, and does not report missing images', async () => {
    const text = await page()
    expect(text).toContain('1 not graded (release unknown), images to publish unknown.')
    expect(text).not.toContain('No marketplace image')
  })
})
