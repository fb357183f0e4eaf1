import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const skew = (...args: string[]) => run(['skew', ...args], { cwd: folder })

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(
    at('s.json'),
    snapshotText([
      azureImage('418-v2', '418.94.20241009'),
      azureImage('aro_418', '418.94.20240916'),
      azureImage('418-arm', '418.94.20250122'),
      azureImage('rh-ocp-worker', '4.17.2024100419'),
    ]),
  )
})

const TARGET = ['s.json', '--target', 'rhcos.json']

describe('skew', () => {
  it('prints slots that lag, the worst grade first, and then the images to publish', async () => {
    const { status, stdout, stderr } = await skew(...TARGET)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines.slice(0, 9).join('\n')).toBe(
      [
        '2 of 15 slots are behind the build by up to 23 days, 11 without an image, 13 images to publish',
        '',
        'behind 418.94.202410090804-0, or without an image',
        'Slots                                                          Image                                               Grade          Lag',
        '-------------------------------------------------------------  --------------------------------------------------  -------------  -------',
        'azure ocp, opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen1  -                                                   none           -',
        'azure opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen2       -                                                   none           -',
        'azure ocp x86_64 gen2                                          redhat:rh-ocp-worker:rh-ocp-worker:4.17.2024100419  older-release  5 days',
        'azure no-purchase-plan x86_64 gen1                             azureopenshift:aro4:aro_418:418.94.20240916         older-build    23 days',
      ].join('\n'),
    )
    expect(lines.slice(9, 15).join('\n')).toBe(
      [
        '',
        'to publish',
        'For                                 Publisher       Offer          Sku                 Version',
        '----------------------------------  --------------  -------------  ------------------  ------------------------',
        'azure no-purchase-plan x86_64 gen1  azureopenshift  aro4           aro_418             418.94.20241009',
        'azure ocp x86_64 gen1               redhat          rh-ocp-worker  rh-ocp-worker-gen1  4.18.2024100909 or later',
      ].join('\n'),
    )
  })

  it('prints all slots with --all', async () => {
    const { stdout } = await skew(...TARGET, '--all')
    expect(stdout.split('\n').slice(3, 9)).toEqual([
      'Slots                                Image                                               Grade          Lag',
      '-----------------------------------  --------------------------------------------------  -------------  -------',
      'azure no-purchase-plan aarch64 gen2  azureopenshift:aro4:418-arm:418.94.20250122         newer-build    newer',
      'azure no-purchase-plan x86_64 gen1   azureopenshift:aro4:aro_418:418.94.20240916         older-build    23 days',
      'azure no-purchase-plan x86_64 gen2   azureopenshift:aro4:418-v2:418.94.20241009          exact          -',
      'azure ocp x86_64 gen1                -                                                   none           -',
    ])
  })

  it('prints the expected images as JSON', async () => {
    const { stdout } = await skew(...TARGET, '-o', 'json')
    const slots = JSON.parse(stdout)
    expect(slots).toHaveLength(15)
    expect(slots[1]).toEqual({
      cloud: 'azure',
      plan: 'no-purchase-plan',
      architecture: 'x86_64',
      generation: 1,
      release: '418.94.202410090804-0',
      image: {
        publisher: 'azureopenshift',
        offer: 'aro4',
        sku: 'aro_418',
        version: '418.94.20240916',
      },
      grade: 'older-build',
      rhel: '9.4',
      days: 23,
      expected: {
        place: { publisher: 'azureopenshift', offer: 'aro4', sku: 'aro_418' },
        version: '418.94.20241009',
      },
    })
    expect(slots[2]).toMatchObject({ grade: 'exact', days: 0, expected: null })
    expect(slots[3]).toMatchObject({ grade: 'none', days: null, image: null })
  })

  it('prints missing images with exact names as Markdown', async () => {
    const { stdout } = await skew(...TARGET, '-o', 'markdown')
    const [, missing = ''] = stdout.split('### To publish')
    const rows = missing.split('\n').filter((line) => line.startsWith('| `'))
    expect(rows[0]).toBe(
      '| `azure no-purchase-plan x86_64 gen1` | `azureopenshift` | `aro4` | `aro_418` | `418.94.20241009` |',
    )
    expect(rows).toContain(
      '| `azure ocp x86_64 gen2` | `redhat` | `rh-ocp-worker` | `rh-ocp-worker` | `4.18.2024100909 or later` |',
    )
    expect(missing).not.toContain('418-v2')
  })

  it.each([
    [
      ['--fail-on', 'older-build'],
      [
        '13 of 15 slots are graded older-build or worse',
        '  azure ocp, opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen1: no image',
        '  azure opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen2: no image',
        '  azure ocp x86_64 gen2: older-release by 5 days',
        '  azure no-purchase-plan x86_64 gen1: older-build by 23 days',
      ],
    ],
    [
      ['--min-rhel', '9.6', '--max-days', '500'],
      [
        '11 of 15 slots are more than 500 days behind or without an image, 7 plans without an image of RHEL 9.6',
        '  azure ocp, opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen1: no image',
        '  azure opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen2: no image',
        '  azure no-purchase-plan: latest selected image is RHEL 9.4',
        '  azure ocp: latest selected image is RHEL 9.4',
        ...['opp', 'oke', 'ocp-emea', 'opp-emea', 'oke-emea'].map(
          (plan) => `  azure ${plan}: no image`,
        ),
      ],
    ],
  ])('exits 1 with %j, and prints a line for each group of slots', async (option, lines) => {
    const { status, stdout, stderr } = await skew(...TARGET, ...option)
    expect(status).toBe(1)
    expect(stdout).toContain('Grade')
    expect(stderr).toBe(`stream-snapshot: ${lines.join('\n')}\n`)
  })

  it.each([
    ['none', 11],
    ['older-release', 12],
    ['exact', 15],
  ])('exits 1 with --fail-on %s for %i slots', async (grade, count) => {
    const { status, stderr } = await skew(...TARGET, '--fail-on', grade)
    expect(status).toBe(1)
    expect(stderr).toMatch(new RegExp(`^stream-snapshot: ${count} of 15 slots `))
  })

  it('refuses a cloud that was not queried', async () => {
    for (const more of [[], ['--fail-on', 'older-build'], ['-o', 'markdown']]) {
      expect(await skew(...TARGET, '--cloud', 'aws', ...more)).toEqual({
        status: 2,
        stdout: '',
        stderr:
          'stream-snapshot: s.json: aws was not queried\nQuery aws: stream-snapshot capture s.json --cloud aws\n',
      })
    }
  })

  it('refuses a target for another OCP version than the images', async () => {
    await writeFile(at('later.json'), smallStream({ x86_64: '419.96.202505231200-0' }))
    expect(await skew('s.json', '--target', 'later.json')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "stream-snapshot: the snapshot's images are for OCP 4.18, and the target has 419.96.202505231200-0\nCapture a snapshot for this target: stream-snapshot capture new.json --stream later.json\n",
    })
  })

  it('grades only one cloud with --cloud', async () => {
    const committed = fileURLToPath(new URL('../../snapshots/rhcos-4.18.json', import.meta.url))
    const { status, stdout } = await skew(committed, '--cloud', 'azure', '-o', 'json')
    expect(status).toBe(0)
    const clouds = JSON.parse(stdout).map((slot: { cloud: string }) => slot.cloud)
    expect(new Set(clouds)).toEqual(new Set(['azure']))
    expect(await skew(committed, '--cloud', 'azure', '--fail-on', 'older-build')).toMatchObject({
      status: 0,
    })
    // A region of AWS lags, and GCP has nothing newer than 4.13.
    expect(await skew(committed, '--fail-on', 'older-build')).toMatchObject({ status: 1 })
  })

  it('requires a target for a snapshot without builds, and a valid number of days', async () => {
    expect(await skew('s.json')).toMatchObject({
      status: 2,
      stderr:
        'stream-snapshot: s.json: no builds in this snapshot\nSpecify the stream with --target.\n',
    })
    for (const days of ['-1', 'x']) {
      const { status, stdout } = await skew(...TARGET, '--max-days', days)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    }
  })
})
