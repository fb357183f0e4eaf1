import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { type MockBuildServer, startBuilds } from '../mock-servers/builds.ts'
import { type Clouds, startClouds } from '../mock-servers/clouds.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../mock-servers/demonstration-builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { type Files, readFiles, writeFiles } from '../support/files.ts'
import { smallStream } from '../support/streams.ts'

const { name, release } = DEMONSTRATION
const FEWER = { x86_64: release }
const BUILDS = { ppc64le: release, ...FEWER }
const SNAPSHOT = 'snapshots/one.json'

interface Workspace {
  clouds: string[]
  streams: { one: Record<string, unknown> }
}
type Edit = (workspace: Workspace) => void
type Json = Readonly<Record<string, object>>
/** Edits of the workspace file, and command lines without the name of the program. */
type Steps = readonly (Edit | string)[]

/** A state of the workspace, the message of `check`, and the remedies that it prints. */
interface Row {
  /** Keys of the stream when it is captured; undefined for a missing key. */
  readonly given?: Record<string, unknown>
  readonly steps: Steps
  /** Changes the marketplace file. */
  readonly images?: (file: Json) => object
  /** Empty if `check` finds nothing. */
  readonly faults: readonly (readonly [message: string, remedy: string])[]
  /** Whether an update changes nothing, and reports the same. */
  readonly isReported?: true
  /** All ways to follow the remedies. */
  readonly ways?: readonly Steps[]
}

const set =
  (key: string, value?: unknown): Edit =>
  ({ streams: { one } }) => {
    if (value === undefined) delete one[key]
    else one[key] = value
  }
const clouds =
  (...names: string[]): Edit =>
  (workspace) => {
    workspace.clouds = names
  }
const FILE = 'stream-snapshot.json'
const NINE = { x86_64: '9.6.20250513-0' }
const ROWS: Readonly<Record<string, Row>> = {
  'signatures that the workspace does not have': {
    steps: [set('signatures')],
    faults: [
      [
        `${SNAPSHOT}: captured with signatures false, and an update uses true`,
        `Run stream-snapshot update one, or set signatures of one to false in ${FILE}.`,
      ],
    ],
    ways: [['update one'], [set('signatures', false)]],
  },
  'a distro that the workspace does not have': {
    given: { distro: 'fcos' },
    steps: [set('distro')],
    faults: [
      [
        `${SNAPSHOT}: captured with distro fcos, and an update uses rhcos`,
        `Run stream-snapshot update one, or set distro of one to fcos in ${FILE}.`,
      ],
    ],
    ways: [['update one'], [set('distro', 'fcos')]],
  },
  'a build server that the workspace does not have': {
    steps: [set('url')],
    faults: [
      [
        `${SNAPSHOT}: captured with url URL, and an update uses https://rhcos.mirror.openshift.com/art/storage/prod/streams`,
        `Run stream-snapshot update one, or set url of one to URL in ${FILE}.`,
      ],
    ],
    ways: [[set('url', 'URL')]],
  },
  'a name that the workspace does not have': { steps: [set('name')], faults: [] },
  'an OCP version that is not that of the release': {
    isReported: true,
    steps: [set('ocp', '4.17')],
    faults: [
      [
        `${FILE}: ocp of one is 4.17, and its releases are for OCP 4.18`,
        `Set ocp of one to 4.18 in ${FILE}, or remove ocp.`,
      ],
    ],
    ways: [[set('ocp', '4.18')], [set('ocp')]],
  },
  'another OCP version of the same RHEL version': {
    given: { builds: undefined, ocp: '4.20' },
    steps: [set('ocp', '4.19')],
    faults: [
      [
        `${SNAPSHOT}: captured with ocp 4.20, and ${FILE} has 4.19`,
        `Run stream-snapshot update one, or set ocp of one to 4.20 in ${FILE}.`,
      ],
    ],
    ways: [['update one --allow-regression'], [set('ocp', '4.20')]],
  },
  'a build that was not captured': {
    given: { builds: FEWER },
    steps: [set('builds', BUILDS)],
    faults: [
      [
        `${SNAPSHOT}: has no build for ppc64le, and ${FILE} has ${release}`,
        `Run stream-snapshot update --cloud none one, or remove ppc64le from builds of one in ${FILE}.`,
      ],
    ],
    ways: [['update --cloud none one'], [set('builds', FEWER)]],
  },
  'no builds in the workspace': {
    isReported: true,
    steps: [set('builds')],
    faults: [
      [
        `${SNAPSHOT}: has builds, and ${FILE} has none for one`,
        `Add "builds": ${JSON.stringify(BUILDS)} to one in ${FILE}.`,
      ],
    ],
    ways: [[set('builds', BUILDS)]],
  },
  'a build that is dropped by update': {
    steps: ['update --cloud none --drop ppc64le --allow-regression'],
    faults: [],
  },
  'a build that is dropped by capture': {
    steps: [`capture ${SNAPSHOT} --replay --drop ppc64le`],
    faults: [
      [
        `${SNAPSHOT}: has no build for ppc64le, and ${FILE} has ${release}`,
        `Run stream-snapshot update --cloud none one, or remove ppc64le from builds of one in ${FILE}.`,
      ],
    ],
    ways: [['update --cloud none one'], [set('builds', FEWER)]],
  },
  'a cloud that is dropped by update': {
    steps: ['update --cloud none --drop gcp --allow-regression'],
    faults: [
      [
        `${SNAPSHOT}: gcp was not queried`,
        `Run stream-snapshot update one, or remove gcp from clouds in ${FILE}.`,
      ],
    ],
    ways: [['update one'], [clouds('azure')]],
  },
  'a new cloud': {
    steps: [clouds('azure', 'gcp', 'aws')],
    faults: [
      [
        `${SNAPSHOT}: aws was not queried`,
        `Run stream-snapshot update one, or remove aws from clouds in ${FILE}.`,
      ],
    ],
    ways: [[clouds('azure', 'gcp')]],
  },
  'a removed cloud': {
    steps: [clouds('azure')],
    faults: [
      [
        `${SNAPSHOT}: has gcp, which is not in clouds of ${FILE}`,
        `Run stream-snapshot capture ${SNAPSHOT} --replay --drop gcp, then stream-snapshot regenerate one --allow-regression; or add gcp to clouds.`,
      ],
    ],
    ways: [
      [`capture ${SNAPSHOT} --replay --drop gcp`, 'regenerate one --allow-regression'],
      [clouds('azure', 'gcp')],
    ],
  },
  'a stream without images that has some': {
    given: { builds: undefined },
    steps: [set('marketplaceFile'), set('layouts', ['none'])],
    isReported: true,
    faults: ['azure', 'gcp'].map((cloud) => [
      `${SNAPSHOT}: has ${cloud}, and layouts of one in ${FILE} is none`,
      `Run stream-snapshot capture ${SNAPSHOT} --replay --drop ${cloud}, then stream-snapshot regenerate one --allow-regression.`,
    ]),
    ways: [
      ['azure', 'gcp'].flatMap((cloud) => [
        `capture ${SNAPSHOT} --replay --drop ${cloud}`,
        'regenerate one --allow-regression',
      ]),
    ],
  },
  'images of an architecture without a build': {
    isReported: true,
    steps: [],
    images: (file) => ({ ...file, riscv64: file.x86_64 }),
    faults: [
      [
        'm.json: 14 azure images for riscv64 (neither the snapshot nor the stream has riscv64); m.json: 3 gcp images for riscv64 (neither the snapshot nor the stream has riscv64)',
        'Remove them with stream-snapshot regenerate one --allow-regression.',
      ],
    ],
    ways: [['regenerate one --allow-regression']],
  },
  'such images and missing ones': {
    steps: [],
    images: ({ x86_64 }) => ({ riscv64: x86_64 }),
    faults: [
      [
        `m.json: does not match ${SNAPSHOT}; m.json: 14 azure images for riscv64 (neither the snapshot nor the stream has riscv64); m.json: 3 gcp images for riscv64 (neither the snapshot nor the stream has riscv64)`,
        'Run stream-snapshot regenerate one. Remove them with stream-snapshot regenerate one --allow-regression.',
      ],
    ],
    ways: [['regenerate one', 'regenerate one --allow-regression']],
  },
  'images of a cloud that the workspace does not have': {
    isReported: true,
    steps: [],
    images: (file) => ({
      ...file,
      x86_64: {
        ...file.x86_64,
        aws: { ocp: { regions: { 'us-east-1': { release, image: 'ami-1' } } } },
      },
    }),
    faults: [
      [
        'm.json: 1 aws image (aws was not queried)',
        'Remove them with stream-snapshot regenerate one --allow-regression.',
      ],
    ],
    ways: [['regenerate one --allow-regression']],
  },
}

let mockServers: Clouds
let buildServer: MockBuildServer
beforeAll(async () => {
  buildServer = await startBuilds(demonstrationBuilds, {})
  const folder = await mkdtemp(join(tmpdir(), 'remedies-'))
  mockServers = await startClouds(folder)
  return async () => {
    await Promise.all([buildServer.close(), mockServers.close()])
    await rm(folder, { recursive: true })
  }
})

/** The files after the first update, by the settings of the stream. */
const captured = new Map<string, Files>()

it.each(Object.entries(ROWS))(
  'the remedy converges: %s',
  async (_, row) => {
    const { given = {}, steps, images, faults, isReported, ways = [] } = row
    const folder = await temporaryFolder()
    const at = (file: string) => join(folder, file)
    const toUrl = (text: string) => text.replaceAll('URL', buildServer.streams)
    const call = (line: string) => {
      const endpoints = line.startsWith('update') ? mockServers.args.slice(2) : []
      const words = [...line.split(' '), ...endpoints]
      return run(words, { cwd: folder, env: mockServers.environment })
    }
    const editWorkspace = async (edit: Edit) => {
      const workspace = JSON.parse(await readFile(at(FILE), 'utf8'))
      edit(workspace)
      await writeFile(at(FILE), toUrl(JSON.stringify(workspace, undefined, 2)))
    }
    const follow = async (all: Steps) => {
      for (const step of all) {
        if (typeof step !== 'string') await editWorkspace(step)
        else expect([step, await call(step)]).toMatchObject([step, { status: 0 }])
      }
    }
    const expectAgreement = async () => {
      expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
      expect(await call('regenerate --check')).toMatchObject({ status: 0, stdout: '' })
      const update = await call('update --check --cloud none')
      expect(update).toMatchObject({ status: 0, stdout: '' })
      expect(update.stderr).toMatch(
        /(all files: up to date|nothing to query\nno file was changed)\n$/,
      )
    }

    const key = JSON.stringify(given)
    const known = captured.get(key)
    if (known) await writeFiles(folder, known)
    else {
      const place = { name, url: buildServer.streams, signatures: false, marketplaceFile: 'm.json' }
      const one = { snapshot: SNAPSHOT, target: 'one.json', ...place, builds: BUILDS, ...given }
      await writeFiles(folder, {
        [FILE]: JSON.stringify({ clouds: ['azure', 'gcp'], streams: { one } }),
        'one.json': smallStream('ocp' in given ? NINE : BUILDS),
      })
      await follow(['update'])
      captured.set(key, await readFiles(folder))
    }
    await follow(['check', ...steps])
    if (images) {
      const value = JSON.parse(await readFile(at('m.json'), 'utf8'))
      await writeFile(at('m.json'), `${JSON.stringify(images(value), undefined, 4)}\n`)
    }
    const { status, stderr } = await call('check')
    const lines = faults.flatMap(([message, remedy]) => [`  one: ${message}`, `    ${remedy}`])
    expect(stderr.split('\n').slice(1, -1)).toEqual(lines.map(toUrl))
    expect(status).toBe(faults.length > 0 ? 1 : 0)
    const before = await readFiles(folder)
    if (faults.length === 0) await expectAgreement()
    if (isReported) {
      const update = await call('update --cloud none')
      expect(update.status).toBe(0)
      for (const part of faults.flatMap(([message]) => message.split('; '))) {
        expect(update.stderr).toContain(`  warning: ${part}\n`)
      }
      expect(update.stderr).toMatch(/\nno file was changed\n$/)
    }
    for (const way of ways) {
      await rm(folder, { recursive: true })
      await writeFiles(folder, before)
      await follow(way)
      await expectAgreement()
    }
  },
  60_000,
)
