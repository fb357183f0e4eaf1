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
type MarketplaceFile = Readonly<Record<string, object>>
/** Edits of the workspace file, and command lines without the program name. */
type Steps = readonly (Edit | string)[]

/** A state of the workspace, and the problems that `check` reports for it. */
interface Scenario {
  /** Keys of the stream at its capture; undefined for a missing key. */
  readonly stream?: Record<string, unknown>
  readonly steps: Steps
  readonly editMarketplaceFile?: (file: MarketplaceFile) => object
  /** Empty if `check` finds nothing. */
  readonly problems: readonly (readonly [message: string, remedy: string])[]
  /** Whether an update changes no file and reports the same problems. */
  readonly isReportedByUpdate?: true
  /** All alternatives that follow the remedies. */
  readonly fixes?: readonly Steps[]
}

const setKey =
  (key: string, value?: unknown): Edit =>
  ({ streams: { one } }) => {
    if (value === undefined) delete one[key]
    else one[key] = value
  }
const setClouds =
  (...names: string[]): Edit =>
  (workspace) => {
    workspace.clouds = names
  }
const FILE = 'stream-snapshot.json'
const RHEL_9 = { x86_64: '9.6.20250513-0' }
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'signatures is missing in the workspace file': {
    steps: [setKey('signatures')],
    problems: [
      [
        `${SNAPSHOT}: captured with signatures false, and an update uses true`,
        `Run stream-snapshot update one, or set signatures of one to false in ${FILE}.`,
      ],
    ],
    fixes: [['update one'], [setKey('signatures', false)]],
  },
  'distro is missing in the workspace file': {
    stream: { distro: 'fcos' },
    steps: [setKey('distro')],
    problems: [
      [
        `${SNAPSHOT}: captured with distro fcos, and an update uses rhcos`,
        `Run stream-snapshot update one, or set distro of one to fcos in ${FILE}.`,
      ],
    ],
    fixes: [['update one'], [setKey('distro', 'fcos')]],
  },
  'url is missing in the workspace file': {
    steps: [setKey('url')],
    problems: [
      [
        `${SNAPSHOT}: captured with url URL, and an update uses https://rhcos.mirror.openshift.com/art/storage/prod/streams`,
        `Run stream-snapshot update one, or set url of one to URL in ${FILE}.`,
      ],
    ],
    fixes: [[setKey('url', 'URL')]],
  },
  'name is missing in the workspace file': { steps: [setKey('name')], problems: [] },
  'ocp does not match the release': {
    isReportedByUpdate: true,
    steps: [setKey('ocp', '4.17')],
    problems: [
      [
        `${FILE}: ocp of one is 4.17, and its releases are for OCP 4.18`,
        `Set ocp of one to 4.18 in ${FILE}, or remove ocp.`,
      ],
    ],
    fixes: [[setKey('ocp', '4.18')], [setKey('ocp')]],
  },
  'ocp changed within the same RHEL version': {
    stream: { builds: undefined, ocp: '4.20' },
    steps: [setKey('ocp', '4.19')],
    problems: [
      [
        `${SNAPSHOT}: captured with ocp 4.20, and ${FILE} has 4.19`,
        `Run stream-snapshot update one, or set ocp of one to 4.20 in ${FILE}.`,
      ],
    ],
    fixes: [['update one --allow-regression'], [setKey('ocp', '4.20')]],
  },
  'a build was not captured': {
    stream: { builds: FEWER },
    steps: [setKey('builds', BUILDS)],
    problems: [
      [
        `${SNAPSHOT}: has no build for ppc64le, and ${FILE} has ${release}`,
        `Run stream-snapshot update --cloud none one, or remove ppc64le from builds of one in ${FILE}.`,
      ],
    ],
    fixes: [['update --cloud none one'], [setKey('builds', FEWER)]],
  },
  'builds is missing in the workspace file': {
    isReportedByUpdate: true,
    steps: [setKey('builds')],
    problems: [
      [
        `${SNAPSHOT}: has builds, and ${FILE} has none for one`,
        `Add "builds": ${JSON.stringify(BUILDS)} to one in ${FILE}.`,
      ],
    ],
    fixes: [[setKey('builds', BUILDS)]],
  },
  'update dropped a build': {
    steps: ['update --cloud none --drop ppc64le --allow-regression'],
    problems: [],
  },
  'capture dropped a build': {
    steps: [`capture ${SNAPSHOT} --replay --drop ppc64le`],
    problems: [
      [
        `${SNAPSHOT}: has no build for ppc64le, and ${FILE} has ${release}`,
        `Run stream-snapshot update --cloud none one, or remove ppc64le from builds of one in ${FILE}.`,
      ],
    ],
    fixes: [['update --cloud none one'], [setKey('builds', FEWER)]],
  },
  'update dropped a cloud': {
    steps: ['update --cloud none --drop gcp --allow-regression'],
    problems: [
      [
        `${SNAPSHOT}: gcp was not queried`,
        `Run stream-snapshot update one, or remove gcp from clouds in ${FILE}.`,
      ],
    ],
    fixes: [['update one'], [setClouds('azure')]],
  },
  'a cloud was added to the workspace file': {
    steps: [setClouds('azure', 'gcp', 'aws')],
    problems: [
      [
        `${SNAPSHOT}: aws was not queried`,
        `Run stream-snapshot update one, or remove aws from clouds in ${FILE}.`,
      ],
    ],
    fixes: [[setClouds('azure', 'gcp')]],
  },
  'a cloud was removed from the workspace file': {
    steps: [setClouds('azure')],
    problems: [
      [
        `${SNAPSHOT}: has gcp, which is not in clouds of ${FILE}`,
        `Run stream-snapshot capture ${SNAPSHOT} --replay --drop gcp, then stream-snapshot regenerate one --allow-regression; or add gcp to clouds.`,
      ],
    ],
    fixes: [
      [`capture ${SNAPSHOT} --replay --drop gcp`, 'regenerate one --allow-regression'],
      [setClouds('azure', 'gcp')],
    ],
  },
  'layouts changed to none': {
    stream: { builds: undefined },
    steps: [setKey('marketplaceFile'), setKey('layouts', ['none'])],
    isReportedByUpdate: true,
    problems: ['azure', 'gcp'].map((cloud) => [
      `${SNAPSHOT}: has ${cloud}, and layouts of one in ${FILE} is none`,
      `Run stream-snapshot capture ${SNAPSHOT} --replay --drop ${cloud}, then stream-snapshot regenerate one --allow-regression.`,
    ]),
    fixes: [
      ['azure', 'gcp'].flatMap((cloud) => [
        `capture ${SNAPSHOT} --replay --drop ${cloud}`,
        'regenerate one --allow-regression',
      ]),
    ],
  },
  'the marketplace file has an architecture without a build': {
    isReportedByUpdate: true,
    steps: [],
    editMarketplaceFile: (file) => ({ ...file, riscv64: file.x86_64 }),
    problems: [
      [
        'm.json: 14 azure images for riscv64 (neither the snapshot nor the stream has riscv64); m.json: 3 gcp images for riscv64 (neither the snapshot nor the stream has riscv64)',
        'Remove them with stream-snapshot regenerate one --allow-regression.',
      ],
    ],
    fixes: [['regenerate one --allow-regression']],
  },
  'the marketplace file has the wrong architecture': {
    steps: [],
    editMarketplaceFile: ({ x86_64 }) => ({ riscv64: x86_64 }),
    problems: [
      [
        `m.json: does not match ${SNAPSHOT}; m.json: 14 azure images for riscv64 (neither the snapshot nor the stream has riscv64); m.json: 3 gcp images for riscv64 (neither the snapshot nor the stream has riscv64)`,
        'Run stream-snapshot regenerate one. Remove them with stream-snapshot regenerate one --allow-regression.',
      ],
    ],
    fixes: [['regenerate one', 'regenerate one --allow-regression']],
  },
  'the marketplace file has a cloud that was not queried': {
    isReportedByUpdate: true,
    steps: [],
    editMarketplaceFile: (file) => ({
      ...file,
      x86_64: {
        ...file.x86_64,
        aws: { ocp: { regions: { 'us-east-1': { release, image: 'ami-1' } } } },
      },
    }),
    problems: [
      [
        'm.json: 1 aws image (aws was not queried)',
        'Remove them with stream-snapshot regenerate one --allow-regression.',
      ],
    ],
    fixes: [['regenerate one --allow-regression']],
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

/** The files after the first update, by the keys of the stream. */
const captured = new Map<string, Files>()

it.each(Object.entries(SCENARIOS))(
  'check reports every problem with a remedy that works when %s',
  async (_, scenario) => {
    const {
      stream = {},
      steps,
      editMarketplaceFile,
      problems,
      isReportedByUpdate,
      fixes = [],
    } = scenario
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
    const runSteps = async (steps: Steps) => {
      for (const step of steps) {
        if (typeof step !== 'string') await editWorkspace(step)
        else expect([step, await call(step)]).toMatchObject([step, { status: 0 }])
      }
    }
    const expectNoProblems = async () => {
      expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
      expect(await call('regenerate --check')).toMatchObject({ status: 0, stdout: '' })
      const update = await call('update --check --cloud none')
      expect(update).toMatchObject({ status: 0, stdout: '' })
      expect(update.stderr).toMatch(
        /(all files: up to date|nothing to query\nno file was changed)\n$/,
      )
    }

    const key = JSON.stringify(stream)
    const files = captured.get(key)
    if (files) await writeFiles(folder, files)
    else {
      const settings = {
        name,
        url: buildServer.streams,
        signatures: false,
        marketplaceFile: 'm.json',
      }
      const one = { snapshot: SNAPSHOT, target: 'one.json', ...settings, builds: BUILDS, ...stream }
      await writeFiles(folder, {
        [FILE]: JSON.stringify({ clouds: ['azure', 'gcp'], streams: { one } }),
        'one.json': smallStream('ocp' in stream ? RHEL_9 : BUILDS),
      })
      await runSteps(['update'])
      captured.set(key, await readFiles(folder))
    }
    await runSteps(['check', ...steps])
    if (editMarketplaceFile) {
      const edited = editMarketplaceFile(JSON.parse(await readFile(at('m.json'), 'utf8')))
      await writeFile(at('m.json'), `${JSON.stringify(edited, undefined, 4)}\n`)
    }
    const { status, stderr } = await call('check')
    const lines = problems.flatMap(([message, remedy]) => [`  one: ${message}`, `    ${remedy}`])
    expect(stderr.split('\n').slice(1, -1)).toEqual(lines.map(toUrl))
    expect(status).toBe(problems.length > 0 ? 1 : 0)
    const before = await readFiles(folder)
    if (problems.length === 0) await expectNoProblems()
    if (isReportedByUpdate) {
      const update = await call('update --cloud none')
      expect(update.status).toBe(0)
      for (const part of problems.flatMap(([message]) => message.split('; '))) {
        expect(update.stderr).toContain(`  warning: ${part}\n`)
      }
      expect(update.stderr).toMatch(/\nno file was changed\n$/)
    }
    for (const fix of fixes) {
      await rm(folder, { recursive: true })
      await writeFiles(folder, before)
      await runSteps(fix)
      await expectNoProblems()
    }
  },
  60_000,
)
