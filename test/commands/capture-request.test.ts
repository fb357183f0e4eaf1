import { describe, expect, it } from 'vitest'
import { captureCommand, readConfig } from '../../src/commands/capture.ts'
import { readArgs } from '../../src/commands/command.ts'
import { parseWords } from '../../src/commands/line/parse.ts'
import { captureOptions } from '../../src/commands/stream-options.ts'
import { planCapture } from '../../src/workflows/capture-plan.ts'
import { temporaryFolder } from '../support/cli.ts'
import { folderAt } from '../support/io.ts'
import { makeSnapshot } from '../support/snapshots.ts'

type CaptureArgs = Parameters<typeof readConfig>[0] & Parameters<typeof captureOptions>[0]

/** Plans the capture for a command line. */
async function planFor(args: readonly string[], snapshot?: ReturnType<typeof makeSnapshot>) {
  const { options, positionals } = captureCommand
  const [, words] = parseWords(['capture', 's.json', ...args])
  const table = { ...positionals, ...options }
  const read = readArgs('capture', table, words) as unknown as CaptureArgs
  const folder = folderAt(await temporaryFolder())
  const all = { ...captureOptions(read), builds: read.BUILD.length > 0 ? read.BUILD : undefined }
  return planCapture(await readConfig(read, folder), all, snapshot, folder)
}

const RHCOS = 'https://rhcos.mirror.openshift.com/art/storage/prod/streams'
const FCOS = 'https://builds.coreos.fedoraproject.org/prod/streams'
const RELEASE = '418.94.202410090804-0'
const noCloud = ['--cloud', 'none']

describe('the captured stream', () => {
  it.each<[string[], object, object[]]>([
    [
      ['--name', '4.18-9.4', `x86_64=${RELEASE}`],
      { name: '4.18-9.4', distro: 'rhcos', url: RHCOS, signatures: true },
      [{ architecture: 'x86_64', release: RELEASE }],
    ],
    [
      ['--name', 'stable', '--distro', 'fcos', '--no-signatures', 'x86_64=38.20231002.3.1'],
      { name: 'stable', distro: 'fcos', url: FCOS, signatures: false },
      [{ architecture: 'x86_64', release: '38.20231002.3.1' }],
    ],
    [
      [`${FCOS}/stable/builds/38.20231002.3.1/x86_64/meta.json`],
      { name: 'stable', distro: 'fcos', url: FCOS },
      [
        {
          architecture: 'x86_64',
          release: '38.20231002.3.1',
          source: `${FCOS}/stable/builds/38.20231002.3.1/x86_64/meta.json`,
        },
      ],
    ],
    [
      ['--name', 'a', '--url', 'https://x.example/', 'https://builds.example/some/meta.json'],
      { name: 'a', url: 'https://x.example' },
      [{ source: 'https://builds.example/some/meta.json' }],
    ],
  ])('is planned from %j', async (args, stream, builds) => {
    const found = await planFor([...noCloud, ...args])
    expect(found.stream).toMatchObject({ ...stream, ocp: null })
    expect(found.builds).toEqual(builds)
  })

  it('comes from the snapshot, unless --url overrides the build server', async () => {
    const location = 'https://elsewhere.example/x86_64'
    const snapshot = makeSnapshot([], {
      builds: { x86_64: { release: RELEASE, location, meta: {} } },
    })
    const build = { architecture: 'x86_64', release: RELEASE }
    expect((await planFor(noCloud, snapshot)).builds).toEqual([{ ...build, location }])
    const moved = await planFor([...noCloud, '--url', 'https://x.example'], snapshot)
    expect(moved.builds).toEqual([build])
    expect(moved.stream).toMatchObject({ name: 'rhcos-4.18', url: 'https://x.example' })
  })

  it.each([
    [['--name', 'rhcos-4.16', `x86_64=${RELEASE}`], '4.18'],
    [['--name', 'rhel-9.6', '--ocp', '4.20', 'x86_64=9.6.20250513-0'], '4.20'],
  ])('with %j has the OCP version %s', async (args, ocp) => {
    expect((await planFor(args)).stream.ocp).toBe(ocp)
  })
})

describe('an unknown OCP version', () => {
  it.each<[string[], string]>([
    [
      ['--name', 'rhcos-4.18', 'x86_64=9.6.20250513-0'],
      's.json: unknown OCP version: RHEL 9.6 is used by OCP 4.19, 4.20 or 4.21',
    ],
    [
      ['--name', 'c10s', 'x86_64=10.0.20251103-0'],
      's.json: unknown OCP version: no OCP version uses RHEL 10.0',
    ],
    [['--name', 'a', '--ocp', '4.99', `x86_64=${RELEASE}`], '--ocp 4.99: unknown OCP version'],
  ])('is refused with the candidates for %j', async (args, message) => {
    await expect(planFor(args)).rejects.toThrow(message)
  })
})

describe('an invalid command line', () => {
  const url = 'https://builds.example/meta.json'
  it.each<[string[], string]>([
    [['x86_64'], '"x86_64": expected ARCH=VERSION or https://…/meta.json'],
    [['foo=1'], '"foo=1": expected one of aarch64, ppc64le, s390x, x86_64 before the ='],
    [['x86_64='], '"x86_64=": expected a version after the ='],
    [['x86_64=1', 'x86_64=2'], 'x86_64=2: a second build for x86_64'],
    [['x86_64=1'], 'missing stream name, the folder of the builds on the build server'],
    [['https://builds.example/x'], 'expected a URL that ends in /meta.json'],
    [[`${url}?sig=abc`], 'the URL contains a query or a fragment'],
    [['http://builds.example/meta.json'], 'plain http is only allowed to this machine'],
    [['https://a:b@builds.example/meta.json'], 'the URL contains credentials'],
    [
      ['--url', 'http://builds.example', 'x86_64=1'],
      '--url: plain http is only allowed to this machine',
    ],
    [['--url', 'https://builds.example/?token=x', 'x86_64=1'], '--url: the URL contains a query'],
    [['--name', 'a/b', 'x86_64=1'], 'stream name: expected a name such as 4.18-9.4'],
    [['--stream', 'rhcos.json', 'x86_64=1'], '--stream cannot be combined with builds'],
    [[], 's.json: no such file, and nothing to capture is specified'],
    [
      ['--distro', 'fcos', '--name', 'stable', 'x86_64=38.20231002.3.1'],
      's.json: unknown OCP version: neither the releases nor the stream name contain an OCP version',
    ],
    [
      [
        `https://builds.example/a/builds/1/x86_64/meta.json`,
        'https://builds.example/b/builds/1/s390x/meta.json',
      ],
      'the builds are of different streams: a, b',
    ],
    [
      ['--name', 'a', 'https://one.example/x/meta.json'],
      'https://one.example/x/meta.json: expected URL/NAME/builds/VERSION/ARCH/meta.json',
    ],
  ])('is refused: %j', async (args, message) => {
    await expect(planFor(args)).rejects.toThrow(message)
  })
})
