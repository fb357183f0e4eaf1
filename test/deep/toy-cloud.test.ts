import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fs from 'fs-extra'
import { expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const FACTS = `import { type CloudFacts, column } from './facts.ts'

export const toy: CloudFacts = {
  title: 'Toy',
  defaultPlan: 'ocp',
  identity: ['plan', 'version', 'box'],
  entry: { release: 'version', box: 'box' },
  facets: [],
  columns: ['architecture', 'box', 'version'].map(column),
  imageName: ({ box }) => \`toy:\${box}\`,
  imageId: ({ box }) => \`toy/\${box}\`,
  slots: ({ criteria }, architecture) =>
    (criteria.toy?.plans ?? []).map((plan) => ({ cloud: 'toy', plan, architecture })),
  queryFor: ({ queries }) => queries.toy?.[0],
  uses: {
    providerKind: 'ToyProviderSpec',
    regionPath: ['region'],
    machineTypePath: ['type'],
    armMachineType: /-arm$/,
    installConfig: ({ box = '' }) => ({ box }),
    machineSet: ({ box = '' }) => ({ box }),
    terms: () => 'accept them in the toy shop',
  },
  expected: (_, { wanted }) => ({ place: { box: wanted.text }, version: wanted.text }),
}
`

const CLOUD = `import type { ToyImage, ToyQuery } from '../../../core/snapshot/snapshot.ts'
import type { Cloud } from '../cloud.ts'

export const toy: Cloud<ToyQuery, ToyImage, object> = {
  ignoredParameters: [],
  connect: async () => ({
    listQueries: async () => [{ shelf: 'top' }],
    query: async () =>
      (['aarch64', 'x86_64'] as const).map((architecture) => ({
        architecture,
        box: \`blue-\${architecture}\`,
        plan: 'ocp',
        state: 'active' as const,
        version: '418.94.202410090804-0',
      })),
    describe: ({ shelf }) => \`toy \${shelf}\`,
    identify: (query) => query,
    record: () => undefined,
    secrets: () => [],
  }),
}
`

const SETTINGS = `import type { CloudSettings } from '../cloud.ts'

export interface ToyCriteria {
  readonly plans: readonly string[]
}

export const toySettings = {
  options: { 'toy-box': { describe: 'Toy box to query' } },
  resolve: (criteria: ToyCriteria) => criteria,
  read: () => ({}),
} as const satisfies CloudSettings<ToyCriteria, object>
`

const IMAGE = `export interface ToyImage extends ImageBase {
  readonly box: string
}
export interface ToyQuery {
  readonly shelf: string
}

`

/** The table rows that docs/adding-a-cloud.md lists. Each is inserted after existing text. */
const TABLE_ROWS: Readonly<Record<string, readonly (readonly [after: string, text: string])[]>> = {
  'src/core/clouds/index.ts': [
    ["import { gcp } from './gcp.ts'", "\nimport { toy } from './toy.ts'"],
    ['CloudFacts>> = { azure, aws, gcp', ', toy'],
  ],
  'src/core/stream/layouts.ts': [['gcp: [PLAN]', ', toy: [PLAN]']],
  'src/capture/clouds/index.ts': [
    [
      "import { gcpSettings } from './gcp/settings.ts'",
      "\nimport { toySettings } from './toy/settings.ts'",
    ],
    [
      "  gcp: { settings: gcpSettings, load: async () => (await import('./gcp/index.ts')).gcp },",
      "\n  toy: { settings: toySettings, load: async () => (await import('./toy/index.ts')).toy },",
    ],
  ],
}

/** Types, criteria and schemas. */
const DATA: typeof TABLE_ROWS = {
  'src/core/snapshot/snapshot.ts': [
    ['export interface ImagesByCloud {', '\n  readonly toy?: readonly ToyImage[]'],
    ['export interface QueriesByCloud {', '\n  readonly toy?: readonly QueryResult<ToyQuery>[]'],
  ],
  'src/core/criteria/criteria.ts': [
    ['  readonly gcp?: GcpCriteria', '\n  readonly toy?: { readonly plans: readonly string[] }'],
  ],
  'src/core/criteria/criteria.json': [['"schemaVersion": 1,', '"toy": { "plans": ["ocp"] },']],
  'src/core/schemas/criteria.schema.json': [
    ['"schemaVersion": { "const": 1 },', '"toy": { "type": "object" },'],
  ],
  'src/core/schemas/snapshot.schema.json': [
    ['"gcp": { "type": "array", "items": { "$ref": "#/definitions/gcpImage" } }', ', "toy": {}'],
    ['"gcp": { "type": "array", "items": { "$ref": "#/definitions/gcpQuery" } }', ', "toy": {}'],
  ],
}

it('a fourth cloud only requires its folder, facts and data, and rows in three tables', async () => {
  const folder = await temporaryFolder()
  const at = (name: string) => join(folder, name)
  for (const name of ['src', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
    await fs.copy(join(ROOT, name), at(name))
  }
  await fs.writeJson(at('tsconfig.json'), {
    ...(await fs.readJson(at('tsconfig.json'))),
    include: ['src'],
  })
  await fs.ensureSymlink(join(ROOT, 'node_modules'), at('node_modules'))
  const edit = async (file: string, edits: readonly (readonly [string, string])[]) => {
    let text = await fs.readFile(at(file), 'utf8')
    for (const [after, added] of edits) {
      expect(text, `${file} has ${after}`).toContain(after)
      text = text.replaceAll(after, after + added)
    }
    await fs.writeFile(at(file), text)
  }
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const findErrors = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', folder], {
      cwd: folder,
    }).catch((error: { stdout: string }) => error)
    return [...new Set([...stdout.matchAll(/^(src\/[^(]+)\(/gm)].map(([, file]) => file))].sort()
  }

  const snapshotTypes = await fs.readFile(at('src/core/snapshot/snapshot.ts'), 'utf8')
  await fs.writeFile(
    at('src/core/snapshot/snapshot.ts'),
    snapshotTypes
      .replace("['azure', 'aws', 'gcp'] as const", "['azure', 'aws', 'gcp', 'toy'] as const")
      .replace('export interface ImagesByCloud {', `${IMAGE}export interface ImagesByCloud {`),
  )
  for (const [file, edits] of Object.entries(DATA)) await edit(file, edits)
  // The compiler also reports a missing row in files that read the table.
  const readers = [
    'src/capture/capture.ts',
    'src/commands/stream-options.ts',
    'src/workflows/clouds.ts',
  ]
  const incomplete = (await findErrors()).filter((file) => !readers.includes(String(file)))
  expect(incomplete).toEqual(Object.keys(TABLE_ROWS).sort())

  await fs.outputFile(at('src/core/clouds/toy.ts'), FACTS)
  await fs.outputFile(at('src/capture/clouds/toy/index.ts'), CLOUD)
  await fs.outputFile(at('src/capture/clouds/toy/settings.ts'), SETTINGS)
  for (const [file, edits] of Object.entries(TABLE_ROWS)) await edit(file, edits)
  expect(await findErrors()).toEqual([])

  await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'scripts/build.ts'],
    { cwd: folder },
  )
  await fs.writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  const toy = (...words: string[]) => run(words, { cwd: folder, cli: at('dist/cli.cjs') })
  expect(await toy('capture', 's.json', '--stream', 'rhcos.json', '--cloud', 'toy')).toMatchObject({
    status: 0,
  })
  expect((await toy('capture', '--help')).stdout).toContain('--toy-box')
  expect(await toy('capture', 's.json', '--replay')).toMatchObject({ status: 0 })
  expect((await toy('list', 's.json')).stdout).toContain('blue-aarch64  418.94.202410090804-0')
  expect((await toy('skew', 's.json', '--target', 'rhcos.json')).stdout).toBe(
    '0 of 2 slots are behind the build, no toy images to publish\n',
  )
  expect(await toy('regenerate', 's.json', '--target', 'rhcos.json')).toMatchObject({ status: 0 })
  const stream = await fs.readJson(at('rhcos.json'))
  expect(stream.architectures.x86_64['rhel-coreos-extensions']).toEqual({
    'toy-marketplace': { ocp: { release: '418.94.202410090804-0', box: 'blue-x86_64' } },
  })
  expect(await toy('verify', 's.json', '--target', 'rhcos.json')).toMatchObject({ status: 0 })
  expect(await toy('image', 'rhcos.json', '--cloud', 'toy')).toMatchObject({
    status: 0,
    stdout: 'toy:blue-x86_64\n',
  })
  expect(await toy('image', 'rhcos.json', '--cloud', 'toy', '-o', 'machineset')).toMatchObject({
    stdout: expect.stringContaining('box: blue-x86_64\n'),
  })
})
