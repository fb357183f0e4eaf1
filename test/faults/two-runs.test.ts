import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pMap from 'p-map'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MockBuildServer, startBuilds } from '../mock-servers/builds.ts'
import { run } from '../support/cli.ts'
import { interleave } from '../support/interleave.ts'

type Files = Readonly<Record<string, string>>

const getRelease = (day: number) => `418.94.2024090${day}1200-0`
const NAME = '4.18-9.4'
const formatPool = (architecture: string) =>
  `- name: ${architecture}\n  architecture: ${architecture}\n  platform: { azure: {} }\n`
const MANIFEST = `apiVersion: v1\nmetadata: { name: c }\nplatform: { azure: { region: eastus } }\ncontrolPlane: { name: master, architecture: amd64, platform: { azure: {} } }\ncompute:\n${formatPool('amd64')}`

const image = (sku: string) => ({
  hyperVGen2: { publisher: 'azureopenshift', offer: 'aro4', sku, version: '418.94.20240901' },
})
const stream = JSON.stringify({
  stream: 'rhcos-4.18',
  architectures: {
    x86_64: {
      artifacts: { metal: { release: getRelease(1), formats: {} } },
      images: {},
      'rhel-coreos-extensions': {
        marketplace: {
          azure: { 'no-purchase-plan': image('418-v2'), ocp: image('rh-ocp-worker') },
        },
      },
    },
  },
})

/** Commands that write files, by name. */
const COMMANDS: Readonly<Record<string, (url: string) => string[]>> = {
  capture: (url) =>
    `capture snapshots/a.json x86_64=${getRelease(2)} --name ${NAME} --url ${url} --cloud none`.split(
      ' ',
    ),
  'regenerate --target': () =>
    'regenerate snapshots/a.json --target a.json --allow-regression'.split(' '),
  cosa2stream: (url) =>
    `cosa2stream --target a.json --distro rhcos --name ${NAME} --url ${url} x86_64=${getRelease(3)}`.split(
      ' ',
    ),
  'image for compute': () => 'image a.json --merge i.yaml --in-place --pool compute'.split(' '),
  'image for control plane': () =>
    'image a.json --merge i.yaml --in-place --pool controlPlane'.split(' '),
}
const IN_WORKSPACE: typeof COMMANDS = {
  ...COMMANDS,
  'update a': () => `update a ${getRelease(4)} --cloud none`.split(' '),
  'update b': () => `update b ${getRelease(5)} --cloud none`.split(' '),
  regenerate: () => 'regenerate --allow-regression'.split(' '),
}
const IN_FOLDER: typeof COMMANDS = {
  ...COMMANDS,
  'init a': () => ['init', 'a.json'],
  'init b': () => ['init', 'b.json'],
}

let root: string
let server: MockBuildServer
let url: string
let folderFiles: Files
let workspaceFiles: Files
const now = () => new Date('2024-10-01T00:00:00Z')

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stream-snapshot-two-'))
  server = await startBuilds(({ release }) =>
    JSON.stringify({
      buildid: release,
      'coreos-assembler.basearch': 'x86_64',
      images: { qemu: { path: `rhcos-${release}-qemu.x86_64.qcow2.gz`, sha256: '0'.repeat(64) } },
    }),
  )
  url = server.streams
  const first = { 'a.json': stream, 'b.json': stream, 'i.yaml': MANIFEST }
  const capture = COMMANDS.capture?.(url) ?? []
  folderFiles = (await runAll(first, [capture])).files
  const streams = Object.fromEntries(
    ['a', 'b'].map((name) => [
      name,
      {
        ...{ snapshot: `snapshots/${name}.json`, target: `${name}.json`, name: NAME, url },
        ...{ layouts: ['stream-metadata'], builds: { x86_64: getRelease(1) } },
      },
    ]),
  )
  const workspace = JSON.stringify({ clouds: ['azure'], streams }, undefined, 2)
  const update = ['update', '--cloud', 'none']
  const updated = await runAll({ ...first, 'stream-snapshot.json': workspace }, [update])
  // Restores the old stream, so that regenerate changes it.
  workspaceFiles = { ...updated.files, 'a.json': stream }
})

afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true })
})

async function createFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(join(root, 'run-'))
  await mkdir(join(folder, 'snapshots'))
  await Promise.all(
    Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)),
  )
  return folder
}

async function readFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
  const texts = names
    .sort()
    .map(async (name) => [name.slice(folder.length + 1), await readFile(name, 'utf8')])
  return Object.fromEntries(await Promise.all(texts))
}

async function runAll(before: Files, commands: readonly string[][]) {
  const cwd = await createFolder(before)
  const statuses: (number | null)[] = []
  for (const words of commands) statuses.push((await run(words, { cwd, now })).status)
  return { statuses, files: await readFiles(cwd) }
}

const createPairs = (commands: typeof COMMANDS) => {
  const names = Object.keys(commands)
  return names.flatMap((first) => names.map((second) => [first, second] as const))
}

describe.each([
  ['a workspace', IN_WORKSPACE, () => workspaceFiles, createPairs(IN_WORKSPACE)],
  [
    'a folder',
    IN_FOLDER,
    () => folderFiles,
    createPairs(IN_FOLDER).filter((pair) => pair.some((name) => name.startsWith('init'))),
  ],
])('two concurrent runs in %s', (_, commands, getFiles, pairs) => {
  it.each(pairs)(
    'have the result of sequential runs: %s, interrupted at each file by %s',
    async (first, second) => {
      const before = getFiles()
      const [one = [], two = []] = [first, second].map((name) => commands[name]?.(url))
      const expected = [await runAll(before, [one, two]), await runAll(before, [two, one])]
      expected[1]?.statuses.reverse()
      let fileCount = 1
      const attempt = async (position: number) => {
        const cwd = await createFolder(before)
        const outcomes = await interleave(
          (onFile) =>
            run(one, {
              ...{ cwd, now },
              onFile: (event) => {
                if (event === 'file') fileCount += 1
                return onFile(event)
              },
            }),
          (onFile) => run(two, { cwd, now, onFile }),
          position,
        )
        const result = {
          statuses: outcomes.map(({ status }) => status),
          files: await readFiles(cwd),
        }
        const text = outcomes.map(({ stderr }) => stderr).join('')
        expect(expected, `stopped before file ${position}:\n${text}`).toContainEqual(result)
      }
      await attempt(1)
      const positions = Array.from({ length: fileCount - 1 }, (_, index) => index + 2)
      await pMap(positions, attempt, { concurrency: 8 })
    },
  )
})
