import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startAws } from '../mock-servers/aws.ts'
import { getImageId } from '../mock-servers/aws-image.ts'
import { startAzure } from '../mock-servers/azure.ts'
import { startBuilds } from '../mock-servers/builds.ts'
import { startGcp } from '../mock-servers/gcp.ts'
import { type RunOptions, run } from '../support/cli.ts'
import { type ImportedCommit, importCommits } from '../support/git.ts'
import { interleave } from '../support/interleave.ts'
import { cacheEvidence, type Nock, playSequence, replaceableNock } from './memory.ts'
import {
  CLOUDS,
  chance,
  clockStep,
  countName,
  DAY,
  FIRST_DAY,
  PARAMETERS,
  PRODUCT,
  PROJECT,
  readCriteria,
  readIfExists,
  STAMPS,
} from './model.ts'

vi.mock('nock', async (original) => ({
  default: replaceableNock((await original<Nock>()).default),
}))
vi.mock('../../src/capture/verify.ts', async (original) => cacheEvidence(await original()))

/**
 * Random sequences of commands in a workspace, compared with an oracle that is written from the
 * contract and shares no code with `src/`. Sequences have newer and older builds, added and removed
 * clouds, deprecations, kept regions, and a git history with merges.
 */

const PARTS = ['417-v2', '418-v2', 'us-east-1', PROJECT] as const
const SKUS = ['417-v2', '418-v2'] as const
/** Regions of the images in builds. */
const REGIONS = ['eu-north-1', 'me-central-1', 'me-south-1'] as const
const NAMES = ['s', 't'] as const
const getFiles = (name: Name) => ({
  target: `rhcos-${name}.json`,
  snapshot: `snapshots/${name}.json`,
  criteria: `criteria-${name}.json`,
})
const FILES = [
  'stream-snapshot.json',
  ...NAMES.flatMap((name) => [
    ...Object.values(getFiles(name)),
    `snapshots/${name}.recording.json`,
  ]),
]

type Name = (typeof NAMES)[number]
type Part = (typeof PARTS)[number]
type Sku = (typeof SKUS)[number]
type Cloud = (typeof CLOUDS)[number]
type Region = (typeof REGIONS)[number]

interface CloudState {
  /** Indexes in STAMPS. */
  readonly images: Readonly<Record<Part, readonly number[]>>
  /** The day from which an image is deprecated, by SKU and index in STAMPS. */
  readonly dates: Readonly<Record<Sku, readonly (number | undefined)[]>>
}

/** A published build never changes. */
interface Build {
  readonly regions: readonly Region[]
  readonly hasRootfs: boolean
}

interface Image {
  readonly part: Part
  readonly at: number
  readonly deprecated?: number | undefined
}

const isSku = (part: Part): part is Sku => (SKUS as readonly string[]).includes(part)
const getCloud = (part: Part): Cloud => (isSku(part) ? 'azure' : part === PROJECT ? 'gcp' : 'aws')
const getOcp = (part: Part) => (part === '417-v2' ? '417' : '418')
const releaseAt = (at: number) => `418.94.${STAMPS[at]}-0`
const azureVersion = ({ part, at }: Image) => `${getOcp(part)}.94.${STAMPS[at]?.slice(0, 8)}`
const ami = (at: number) => ({
  region: 'us-east-1',
  name: `rhcos-${releaseAt(at)}-x86_64-${PRODUCT}`,
  architecture: 'x86_64' as const,
  creationDate: '2024-10-10T00:00:00Z',
})
const gcpName = (at: number) => `redhat-coreos-ocp-418-x86-64-${STAMPS[at]}`
const getName = (image: Image) => {
  if (isSku(image.part)) return `azureopenshift:aro4:${image.part}:${azureVersion(image)}`
  return image.part === PROJECT ? gcpName(image.at) : getImageId(ami(image.at))
}
const age = ({ part, at }: Image) => `${getOcp(part)}.${STAMPS[at]}`
const nameIf = (image: Image | undefined) => image && getName(image)

// The oracle.

interface Target {
  readonly release: number
  /** The release of the image in each region. */
  readonly regions: ReadonlyMap<Region, number>
  readonly hasRootfs: boolean
  readonly signatures: boolean
  readonly slots: ReadonlyMap<Cloud, Image>
}

/** The settings that a capture reads from the workspace. */
interface Settings {
  /** With 0, the SKU of OCP 4.17 is not queried. */
  readonly earlierMinors: 0 | 1
  readonly signatures: boolean
}

/** The allowed grades of images. */
const REQUIREMENTS = {
  any: ['exact', 'newer-build', 'older-build', 'older-release'],
  'not-newer': ['exact', 'older-build', 'older-release'],
  exact: ['exact'],
} as const satisfies Record<string, readonly string[]>
type Requirement = keyof typeof REQUIREMENTS

interface Snapshot extends Settings {
  readonly release: number
  /** The results of the queries; absent if not queried. */
  readonly results: ReadonlyMap<Part, readonly Image[]>
  /** The release for which images are selected: the release when the cloud was queried. */
  readonly selectedFor: ReadonlyMap<Cloud, number>
  /** The day of the capture. */
  readonly day: number
  /** The day of an earlier query, if a date has passed since that day, by cloud. */
  readonly selectedAt: ReadonlyMap<Cloud, number>
}

/** A stream in the workspace file. */
interface Wanted extends Settings {
  readonly release: number
  readonly require: Requirement
}

interface Stream {
  readonly wanted: Wanted
  readonly snapshot?: Snapshot
  readonly target: Target
}

interface State {
  /** The clouds of the workspace. */
  readonly clouds: readonly Cloud[]
  /** One stream, or two. */
  readonly streams: Readonly<Partial<Record<Name, Stream>>>
}

/** A committed state. */
interface Version extends State {
  /** The index in the list of commits. */
  readonly at: number
}

type Mode = 'plain' | 'allow' | 'keep' | 'both' | 'check' | 'dry-run'

const isAllowed = (mode: Mode) => mode === 'allow' || mode === 'both'
const isKeeping = (mode: Mode) => mode === 'keep' || mode === 'both'

const OPTIONS: Readonly<Record<Mode, readonly string[]>> = {
  plain: [],
  allow: ['--allow-regression'],
  keep: ['--keep-lost'],
  both: ['--allow-regression', '--keep-lost'],
  check: ['--check'],
  'dry-run': ['--dry-run'],
}

const isExact = (image: Image, release: number) => image.part !== '417-v2' && image.at === release
const getClouds = ({ results }: Snapshot) =>
  CLOUDS.filter((cloud) => [...results.keys()].some((part) => getCloud(part) === cloud))

function getGrade(image: Image, release: number): string {
  if (isExact(image, release)) return 'exact'
  if (image.part === '417-v2') return 'older-release'
  return image.at > release ? 'newer-build' : 'older-build'
}

/** The image for the only slot of a cloud. */
function choose(
  cloud: Cloud,
  { results, release, selectedFor, selectedAt, day }: Snapshot,
  require: Requirement,
): Image | undefined {
  const images = [...results].flatMap(([part, result]) => (getCloud(part) === cloud ? result : []))
  const grades: readonly string[] = REQUIREMENTS[require]
  const queriedFor = selectedFor.get(cloud) ?? release
  const left = images.filter(
    ({ deprecated = Number.POSITIVE_INFINITY, ...image }) =>
      deprecated > (selectedAt.get(cloud) ?? day) &&
      [queriedFor, release].every((each) => grades.includes(getGrade(image, each))),
  )
  const exact = left.find((image) => isExact(image, queriedFor))
  return exact ?? left.sort((a, b) => (age(a) < age(b) ? 1 : -1))[0]
}

interface Loss {
  /** The text that identifies the loss in a line of the output. */
  readonly name: string
  readonly fact?: string | undefined
  /** Whether several lines may report the loss. */
  readonly isRepeated?: true
}

interface Plan {
  readonly next: Target
  readonly losses: readonly Loss[]
  readonly isChange: boolean
  /** Whether a slot has no image of a required grade. */
  readonly isUnmet: boolean
}

/** @param removed clouds whose images this run may remove */
function plan(
  { target, wanted: { require } }: Stream,
  snapshot: Snapshot,
  builds: readonly Build[],
  isKept: boolean,
  removed: readonly Cloud[] = [],
): Plan {
  const build = builds[snapshot.release]
  if (build === undefined) throw new Error('no such build')
  const losses: Loss[] = []
  const regions = new Map(build.regions.map((region) => [region, snapshot.release]))
  for (const [region, at] of target.regions) {
    const fresh = regions.get(region)
    if (fresh === undefined) {
      if (isKept || ![target.release, snapshot.release].includes(at)) regions.set(region, at)
      else losses.push({ name: region })
    } else if (fresh < at && at !== target.release) losses.push({ name: region })
  }
  if (target.hasRootfs && !build.hasRootfs) losses.push({ name: 'rootfs x86_64' })
  const { signatures } = snapshot
  if (target.signatures && !signatures) losses.push({ name: 'signature x86_64', isRepeated: true })
  if (snapshot.release < target.release) losses.push({ name: 'back to an earlier build' })
  const slots = new Map<Cloud, Image>()
  for (const cloud of CLOUDS) {
    const [old, isCaptured] = [target.slots.get(cloud), getClouds(snapshot).includes(cloud)]
    const kept = removed.includes(cloud) ? undefined : old
    const image = isCaptured ? choose(cloud, snapshot, require) : kept
    if (image) slots.set(cloud, image)
    if (old === undefined || nameIf(image) === getName(old)) continue
    if (image && (age(image) > age(old) || isExact(image, snapshot.release))) continue
    const dropped = isCaptured ? undefined : 'removed by --drop'
    losses.push({ name: getName(old), fact: dropped ?? getFact(old, snapshot) })
  }
  const { release } = snapshot
  const next = { release, regions, hasRootfs: build.hasRootfs, signatures, slots }
  const isUnmet = require !== 'any' && getClouds(snapshot).some((cloud) => !slots.has(cloud))
  return {
    ...{ next, isUnmet, isChange: toText(next) !== toText(target) },
    losses: isUnmet ? [] : losses,
  }
}

const FACTS = ['not queried', 'not found', 'no longer listed'] as const

/** Undefined for a listed image, which a slot may lose because of its deprecation. */
function getFact(image: Image, { results }: Snapshot): string | undefined {
  const result = results.get(image.part)
  if (result === undefined) return 'not queried'
  if (result.some(({ at }) => at === image.at)) return undefined
  return result.length === 0 && isSku(image.part) ? 'not found' : 'no longer listed'
}

function toText(value: Target | Snapshot): string {
  return JSON.stringify(value, (_, each) => (each instanceof Map ? [...each].sort() : each))
}

// Steps.

type Streams = readonly Name[]

interface Update {
  readonly kind: 'update'
  readonly names: Streams
  readonly release: number | undefined
  readonly mode: Mode
  readonly isNone: boolean
  readonly drop: Cloud | undefined
}

interface Regenerate {
  readonly kind: 'regenerate'
  readonly names: Streams
  readonly mode: Mode
  /** The value of `--require`, which overrides the workspace. */
  readonly require: Requirement | undefined
}

type Step =
  | { readonly kind: 'cloudState'; readonly cloudState: CloudState }
  | { readonly kind: 'clock'; readonly days: number }
  | { readonly kind: 'clouds'; readonly clouds: readonly Cloud[] }
  /** Edits the workspace file. */
  | { readonly kind: 'edit'; readonly names: Streams; readonly settings: Partial<Wanted> }
  | Update
  | Regenerate
  /** Runs the second command while the first command is stopped at its file access number `at`. */
  | {
      readonly kind: 'both'
      readonly commands: readonly (Update | Regenerate)[]
      readonly at: number
    }
  /** Restores the target, but not its snapshot, from an earlier commit. */
  | { readonly kind: 'checkout'; readonly names: Streams; readonly back: number }
  /**
   * Merges a branch that was created `back` commits ago and has the files of the first version. The
   * merge has the files of the branch or those of main.
   */
  | { readonly kind: 'merge'; readonly back: number; readonly isTheirs: boolean }

const release = fc.nat({ max: 2 })
const mode = fc.constantFrom<Mode>('plain', 'plain', 'allow', 'keep', 'both', 'check', 'dry-run')
const cloudState: fc.Arbitrary<CloudState> = fc
  .record({
    images: fc.tuple(...PARTS.map(() => fc.subarray([0, 1, 2]))),
    dates: fc.tuple(
      ...SKUS.map(() =>
        fc.array(fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 2 }), {
          minLength: 3,
          maxLength: 3,
        }),
      ),
    ),
  })
  .map(({ images, dates }) => ({
    images: Object.fromEntries(
      PARTS.map((part, at) => [part, images[at] ?? []]),
    ) as unknown as CloudState['images'],
    dates: Object.fromEntries(
      SKUS.map((sku, at) => [sku, dates[at] ?? []]),
    ) as unknown as CloudState['dates'],
  }))
const build: fc.Arbitrary<Build> = fc.record({
  regions: fc.subarray([...REGIONS], { minLength: 1 }),
  hasRootfs: fc.boolean(),
})

const someStreams = fc.constantFrom<Streams>(['s', 't'], ['s', 't'], ['s'], ['t'])
const steps = (mode: fc.Arbitrary<Mode>) => {
  const named = { names: someStreams, mode }
  const update: fc.Arbitrary<Update> = fc.record({
    ...{ kind: fc.constant('update' as const), ...named, isNone: chance(5) },
    release: fc.option(release, { nil: undefined, freq: 1 }),
    drop: fc.option(fc.constantFrom(...CLOUDS), { nil: undefined, freq: 3 }),
  })
  const require = fc.constantFrom<Requirement>('any', 'not-newer', 'exact')
  const regenerate: fc.Arbitrary<Regenerate> = fc.record({
    ...{ kind: fc.constant('regenerate' as const), ...named },
    require: fc.option(require, { nil: undefined, freq: 2 }),
  })
  return { update, regenerate }
}
const one = steps(mode)
const atOnce = steps(fc.constantFrom<Mode>('plain', 'allow', 'both'))
const anyAtOnce = fc.oneof(atOnce.update, atOnce.regenerate)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cloudState' as const), cloudState }) },
  { weight: 1, arbitrary: clockStep },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clouds' as const),
      clouds: fc.subarray([...CLOUDS], { minLength: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      names: someStreams,
      settings: fc.oneof(
        fc.record({ release }),
        fc.record({ require: fc.constantFrom<Requirement>('any', 'any', 'not-newer', 'exact') }),
        fc.record({ earlierMinors: fc.constantFrom<0 | 1>(0, 1), signatures: fc.boolean() }),
      ),
    }),
  },
  { weight: 6, arbitrary: one.update },
  { weight: 2, arbitrary: one.regenerate },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('both' as const),
      commands: fc.tuple(anyAtOnce, anyAtOnce),
      at: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant('checkout' as const), names: someStreams, back: fc.nat({ max: 2 }) },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('merge' as const),
      back: fc.nat({ max: 2 }),
      isTheirs: fc.boolean(),
    }),
  },
)

it('agrees with the oracle in random sequences of commands in a workspace', async () => {
  const azure = await startAzure({ images: [] })
  const aws = await startAws({ images: [], enabledRegions: ['us-east-1'] })
  const gcp = await startGcp({ images: [], listable: true })
  let published: readonly Build[] = []
  const server = await startBuilds(({ release: wanted }) => getMeta(published, wanted))
  onTestFinished(async () => {
    await Promise.all([azure, aws, gcp, server].map((each) => each.close()))
  })
  const env = {
    ...azure.environment,
    ...aws.environment,
    ...gcp.environment,
    AWS_REGION: 'us-east-1',
  }
  const criteria = await readCriteria({ v2: 'x86_64' })
  async function test(
    folder: string,
    builds: readonly Build[],
    first: CloudState,
    steps: readonly Step[],
    { isGit, isTwo }: { isGit: boolean; isTwo: boolean },
  ): Promise<void> {
    published = builds
    await mkdir(join(folder, 'snapshots'), { recursive: true })
    const at = (name: string) => join(folder, name)
    const lines: string[] = []
    let current = first
    let day = 0
    const target: Target = {
      ...{ release: -1, regions: new Map(), hasRootfs: false, signatures: false },
      slots: new Map(),
    }
    const initial: Stream = {
      wanted: { release: 0, earlierMinors: 1, signatures: true, require: 'any' },
      target,
    }
    let state: State = {
      clouds: CLOUDS,
      streams: isTwo ? { s: initial, t: initial } : { s: initial },
    }
    const versions: Version[] = []
    const commits: ImportedCommit[] = []

    /** The selected streams of the workspace, or `s` if the workspace has none of them. */
    const selectStreams = (names: Streams) => {
      const existing = names.filter((name) => state.streams[name])
      const selected = existing.length > 0 ? existing : (['s'] as const)
      return selected.map((name) => [name, state.streams[name] ?? initial] as const)
    }
    const isAll = ({ length }: readonly unknown[]) => length === Object.keys(state.streams).length
    const withStreams = (changed: readonly (readonly [Name, Partial<Stream>])[]): State => ({
      ...state,
      streams: {
        ...state.streams,
        ...Object.fromEntries(
          changed.map(([name, each]) => [name, { ...(state.streams[name] ?? initial), ...each }]),
        ),
      },
    })
    const read = (file: string) => readIfExists(at(file))
    const files = () => FILES.map(read)
    const texts = () =>
      Object.fromEntries(
        files().flatMap((text, index) => (text ? [[FILES[index] ?? '', text]] : [])),
      )
    const restore = async (before: readonly (string | undefined)[]) => {
      for (const [index, text] of before.entries()) {
        const path = at(FILES[index] ?? '')
        await (text === undefined ? rm(path, { force: true }) : writeFile(path, text))
      }
    }
    const command = async (words: readonly string[], onFile?: RunOptions['onFile']) => {
      const endpoints = ['--azure-endpoint', azure.url, '--gcp-endpoint', gcp.url]
      const now = () => new Date(FIRST_DAY + day * DAY)
      const all = [...words, ...(words[0] === 'update' ? endpoints : [])]
      const outcome = await run(all, { cwd: folder, env, now, ...(onFile && { onFile }) })
      lines.push(`stream-snapshot ${words.join(' ')}   # exit ${outcome.status}`)
      return { ...outcome, all: outcome.stdout + outcome.stderr }
    }
    const writeWorkspace = async (next: State) => {
      state = next
      lines.push(
        `# the workspace: ${JSON.stringify([next.clouds, selectStreams(NAMES).map(([, { wanted }]) => wanted)])}`,
      )
      const streams: Record<string, unknown> = {}
      for (const [name, { wanted }] of selectStreams(NAMES)) {
        const { earlierMinors, signatures, require } = wanted
        streams[name] = {
          ...{ ...getFiles(name), name: '4.18-9.4', url: server.streams, require, signatures },
          ...{ layouts: ['stream-metadata'], builds: { x86_64: releaseAt(wanted.release) } },
        }
        const text = JSON.stringify({ ...criteria, earlierMinors })
        await writeFile(at(getFiles(name).criteria), text)
      }
      const text = JSON.stringify({ clouds: next.clouds, streams }, undefined, 2)
      await writeFile(at('stream-snapshot.json'), `${text}\n`)
    }
    const setCloudState = (next: CloudState) => {
      current = next
      lines.push(`# images in the clouds: ${JSON.stringify(next)}`)
      azure.setImages(SKUS.flatMap((sku) => listImages(next, sku).map(azureImage)))
      aws.setImages(next.images['us-east-1'].map(ami))
      gcp.setImages(
        next.images[PROJECT].map((each) => ({
          name: gcpName(each),
          creationTimestamp: '2024-10-10T00:00:00Z',
          architecture: 'X86_64',
        })),
      )
    }

    try {
      lines.push(`# builds: ${JSON.stringify(builds)}`)
      await writeWorkspace(state)
      setCloudState(first)
      await update({
        ...{ kind: 'update', names: NAMES, release: undefined },
        ...{ mode: 'plain', isNone: false, drop: undefined },
      })
      await expectAgreement()
      await commit()
      for (const each of steps) {
        const before = files()
        if (each.kind === 'cloudState') setCloudState(each.cloudState)
        else if (each.kind === 'clock') day += each.days
        else if (each.kind === 'clouds') await writeWorkspace({ ...state, clouds: each.clouds })
        else if (each.kind === 'edit') await writeWorkspace(withSettings(each.names, each.settings))
        else if (each.kind === 'checkout') await checkout(each.names, each.back)
        else if (each.kind === 'both') await runBoth(each.commands, each.at)
        else if (each.kind === 'merge') await merge(each.back, each.isTheirs)
        else await runOne(each)
        if (String(before) === String(files())) continue
        await expectAgreement()
        if (each.kind !== 'merge') await commit()
      }
      if (isGit) await expectHistory()
      await writeWorkspace(withSettings(NAMES, { require: 'any' }))
      await repair()
    } catch (error) {
      throw new Error(`${lines.join('\n')}\n${error instanceof Error ? error.message : error}`)
    }

    function withSettings(names: Streams, settings: Partial<Wanted>): State {
      return withStreams(
        selectStreams(names).map(([name, { wanted }]) => [
          name,
          { wanted: { ...wanted, ...settings } },
        ]),
      )
    }

    async function checkout(names: Streams, back: number): Promise<void> {
      // `history` would also show the images of the restored target.
      if (isGit) return
      const version = versions.at(-1 - back) ?? versions[0]
      const changed: [Name, Partial<Stream>][] = []
      for (const [name] of selectStreams(names)) {
        const file = getFiles(name).target
        const text = version && commits[version.at]?.files[file]
        const target = version?.streams[name]?.target
        if (text === undefined || target === undefined) continue
        lines.push(`# ${file} is restored from ${back} commits ago`)
        await writeFile(at(file), text)
        changed.push([name, { target }])
      }
      state = withStreams(changed)
    }

    async function runOne(each: Update | Regenerate): Promise<void> {
      await (each.kind === 'update' ? update(each) : regenerate(each))
    }

    /** Expects that two concurrent commands have the same result as running one after the other. */
    async function runBoth(each: readonly (Update | Regenerate)[], stop: number): Promise<void> {
      const [one, two] = each
      if (one === undefined || two === undefined) return
      const [before, stateBefore] = [files(), state]
      const ends: { readonly text: string; readonly state: State }[] = []
      for (const [first, second] of [
        [one, two],
        [two, one],
      ] as const) {
        await runOne(first)
        await runOne(second)
        ends.push({ text: String(files()), state })
        await restore(before)
        state = stateBefore
      }
      lines.push(`# concurrently, with the first command stopped at its file access ${stop}:`)
      const outcomes = await interleave(
        (onFile) => command(toWords(one), onFile),
        (onFile) => command(toWords(two), onFile),
        stop,
      )
      const found = String(files())
      const end = ends.find(({ text }) => text === found)
      expect(
        end,
        `same result as one after the other:\n${outcomes.map(({ all }) => all).join('\n')}`,
      ).toBeDefined()
      state = end?.state ?? state
    }

    function toWords(each: Update | Regenerate): string[] {
      const streams = selectStreams(each.names).map(([name]) => name)
      if (each.kind === 'regenerate') {
        const named = isAll(streams) ? [] : streams
        const required = each.require === undefined ? [] : ['--require', each.require]
        return ['regenerate', ...named, ...OPTIONS[each.mode], ...required]
      }
      const { release: built, mode: how, isNone } = each
      const named = isAll(streams) && built === undefined ? [] : streams
      const drop = getDropped(each)
      return [
        ...[
          'update',
          ...named.flatMap((name) => [name, ...(built === undefined ? [] : [releaseAt(built)])]),
        ],
        ...OPTIONS[how],
        ...(isNone ? ['--cloud', 'none'] : []),
        ...(drop === undefined ? [] : ['--drop', drop]),
      ]
    }

    /** A cloud cannot be dropped if the same run queries it, or if it was not captured. */
    function getDropped({ names, drop, isNone }: Update): Cloud | undefined {
      if (drop === undefined || (!isNone && state.clouds.includes(drop))) return undefined
      const isCaptured = selectStreams(names).some(
        ([, { snapshot }]) => snapshot && getClouds(snapshot).includes(drop),
      )
      return isCaptured ? drop : undefined
    }

    /** The expected result of an update, if it is not refused. */
    function planUpdate(stream: Stream, each: Update) {
      const { snapshot, wanted } = stream
      const queried = each.isNone ? [] : state.clouds
      const captured = snapshot ? getClouds(snapshot) : []
      const drop = captured.find((cloud) => cloud === getDropped(each))
      const results = new Map(snapshot?.results)
      const { earlierMinors, signatures } = wanted
      for (const part of PARTS) {
        const isQueried = queried.includes(getCloud(part))
        if (getCloud(part) === drop || isQueried) results.delete(part)
        if (!isQueried || (part === '417-v2' && earlierMinors === 0)) continue
        results.set(part, listImages(current, part))
      }
      const built = each.release ?? wanted.release
      const clouds = new Set([...results.keys()].map(getCloud))
      const selectedFor = new Map(
        [...clouds].map((cloud) => [
          cloud,
          queried.includes(cloud) ? built : (snapshot?.selectedFor.get(cloud) ?? built),
        ]),
      )
      const captureDay = snapshot?.day ?? day
      const hasPassed = (cloud: Cloud, from: number, to: number) =>
        [...results].some(
          ([part, images]) =>
            getCloud(part) === cloud &&
            images.some(({ deprecated = -1 }) => deprecated > from && deprecated <= to),
        )
      const getTimes = (to: number) =>
        new Map(
          [...clouds].flatMap((cloud): [Cloud, number][] => {
            const known = snapshot?.selectedAt.get(cloud)
            const from = known ?? captureDay
            const isStored = known !== undefined || hasPassed(cloud, from, to)
            return isStored && !queried.includes(cloud) ? [[cloud, from]] : []
          }),
        )
      const fresh: Snapshot = {
        ...{ release: built, results, selectedFor, day: captureDay },
        ...{ selectedAt: getTimes(captureDay), earlierMinors, signatures },
      }
      const isChanged =
        snapshot === undefined ||
        toText(fresh) !== toText(snapshot) ||
        queried.some((cloud) => hasPassed(cloud, captureDay, day))
      const next = isChanged ? { ...fresh, day, selectedAt: getTimes(day) } : fresh
      const removed = [
        ...(drop ? [drop] : []),
        ...(isAllowed(each.mode) ? CLOUDS.filter((it) => !state.clouds.includes(it)) : []),
      ]
      const planned = plan(stream, next, builds, isKeeping(each.mode), removed)
      const kept = captured.filter((cloud) => cloud !== drop && !queried.includes(cloud))
      const hasOtherCriteria = snapshot?.earlierMinors !== earlierMinors
      return {
        ...{ next, planned, kept: hasOtherCriteria ? kept : [] },
        isWrite: isChanged || planned.isChange || built !== wanted.release,
        isRefused: planned.isUnmet || (planned.losses.length > 0 && !isAllowed(each.mode)),
        lostRegions: snapshot ? getLostRegions(snapshot, built) : [],
        isQueried: (part: Part) => queried.includes(getCloud(part)) && results.has(part),
      }
    }

    async function update(each: Update): Promise<void> {
      const streams = selectStreams(each.names)
      const all = streams.map(([name, stream]) => ({ name, stream, ...planUpdate(stream, each) }))
      const before = files()
      const outcome = await command(toWords(each))
      const kept = all.flatMap((one) => one.kept)
      for (const cloud of kept)
        expect(outcome.all).toContain(`${cloud} was captured for other criteria`)
      const isRefused = kept.length > 0 || all.some((one) => one.isRefused)
      const isFailure = isRefused || (each.mode === 'check' && all.some(({ isWrite }) => isWrite))
      if (each.mode !== 'dry-run' || !isRefused)
        expect(outcome.status, outcome.all).toBe(isFailure ? 1 : 0)
      if (kept.length === 0) {
        const others = isRefused ? [] : all.flatMap((one) => one.lostRegions)
        // A refused run does not report allowed losses.
        const losses =
          isRefused && isAllowed(each.mode) ? [] : all.flatMap(({ planned }) => planned.losses)
        expectLosses(outcome.all, losses, others)
      }
      if (isRefused || each.mode === 'check' || each.mode === 'dry-run') {
        expect(files(), outcome.all).toEqual(before)
        return
      }
      const named = outcome.all.split('\n').filter((line) => line.includes('no longer listed: '))
      const old = all.flatMap(({ stream, next, isQueried }) =>
        [...(stream.snapshot?.results ?? [])].flatMap(([part, images]) => {
          const listed = new Set(next.results.get(part)?.map(getName))
          return images.map((image) => ({
            name: getName(image),
            isUnlisted: isQueried(part) && !listed.has(getName(image)),
          }))
        }),
      )
      for (const { name } of old) {
        const count = old.filter((image) => image.isUnlisted && image.name === name).length
        const lines = named.filter((line) => countName(line, name) > 0)
        expect(lines.length, `${name}\n${outcome.all}`).toBe(count)
      }
      state = withStreams(
        all.map(({ name, next, planned, stream: { wanted } }) => [
          name,
          { snapshot: next, target: planned.next, wanted: { ...wanted, release: next.release } },
        ]),
      )
      await expectFiles()
    }

    /** Regions that are only in the previous build. The target may keep them. */
    function getLostRegions(before: Snapshot, built: number): readonly Region[] {
      const regions = builds[built]?.regions ?? []
      return (builds[before.release]?.regions ?? []).filter((region) => !regions.includes(region))
    }

    function expectLosses(
      all: string,
      losses: readonly Loss[],
      others: readonly string[] = [],
    ): void {
      const changes = all
        .split('\n')
        .filter((line) => /^ +[-~] {2}/.test(line) || /^[-~] /.test(line))
      const text = changes.map((line) => line.replace(/ -> \S+( \(ami-\w+\))?/, ' ->'))
      for (const { name, isRepeated } of losses) {
        const named = losses.filter((loss) => loss.name === name)
        const naming = text.filter((line) => countName(line, name) > 0)
        if (isRepeated) expect(naming.length, all).toBeGreaterThan(0)
        else
          expect(naming.length, `${name} is reported once per stream in\n${all}`).toBe(named.length)
        for (const fact of ['removed by --drop', ...FACTS]) {
          const count = named.filter((loss) => loss.fact === fact).length
          const found = naming.filter((line) => line.includes(fact)).length
          expect(found, `${name}: ${fact}: ${count}\n${all}`).toBe(count)
        }
      }
      const named = [...losses.map(({ name }) => name), ...others]
      for (const name of [
        ...REGIONS,
        'rootfs x86_64',
        'signature x86_64',
        'back to an earlier build',
      ]) {
        if (named.includes(name)) continue
        const naming = changes.filter((line) => countName(line, name) > 0 && !line.includes('+'))
        expect(naming, `${name} is not lost\n${all}`).toEqual([])
      }
      for (const line of changes.filter((each) => /^ *- {2}(azure|aws|gcp) /.test(each))) {
        expect(
          named.some((name) => countName(line, name) > 0),
          `${line}\n${all}`,
        ).toBe(true)
      }
    }

    async function regenerate(each: Regenerate): Promise<void> {
      const { mode: how, require } = each
      const removed = isAllowed(how) ? CLOUDS.filter((cloud) => !state.clouds.includes(cloud)) : []
      const all = selectStreams(each.names).flatMap(([name, stream]) => {
        const { snapshot, wanted } = stream
        if (snapshot === undefined) return []
        const required = { ...stream, wanted: { ...wanted, ...(require && { require }) } }
        return [{ name, ...plan(required, snapshot, builds, isKeeping(how), removed) }]
      })
      const before = files()
      const outcome = await command(toWords(each))
      const losses = all.flatMap((one) => one.losses)
      const isRefused = all.some(({ isUnmet }) => isUnmet) || (losses.length > 0 && !isAllowed(how))
      const isFailure = isRefused || (how === 'check' && all.some(({ isChange }) => isChange))
      if (how !== 'dry-run' || !isRefused)
        expect(outcome.status, outcome.all).toBe(isFailure ? 1 : 0)
      expectLosses(outcome.all, isRefused && isAllowed(how) ? [] : losses)
      if (isRefused || how === 'check' || how === 'dry-run') {
        expect(files(), outcome.all).toEqual(before)
      } else {
        state = withStreams(all.map(({ name, next }) => [name, { target: next }]))
        await expectFiles()
      }
    }

    async function expectFiles(): Promise<void> {
      for (const [name, stream] of selectStreams(NAMES)) {
        const text = read(getFiles(name).target) ?? '{}'
        const { artifacts, images, ...rest } = JSON.parse(text).architectures.x86_64
        const {
          azure: one,
          aws: two,
          gcp: three,
        } = rest['rhel-coreos-extensions']?.marketplace ?? {}
        const entry = one?.['no-purchase-plan']?.hyperVGen2
        const found = {
          release: artifacts.metal.release,
          hasRootfs: 'rootfs' in artifacts.metal.formats.pxe,
          signatures: 'signature' in artifacts.metal.formats.pxe.kernel,
          regions: Object.entries<{ release: string }>(images.aws.regions)
            .map(([region, image]) => [region, image.release])
            .sort(),
          slots: [
            entry && ['publisher', 'offer', 'sku', 'version'].map((key) => entry[key]).join(':'),
            two?.ocp?.regions['us-east-1']?.image,
            three?.ocp?.name,
          ],
        }
        const { release: built, hasRootfs, signatures, regions, slots } = stream.target
        expect(found, name).toEqual({
          ...{ release: releaseAt(built), hasRootfs, signatures },
          regions: [...regions].map(([region, each]) => [region, releaseAt(each)]).sort(),
          slots: CLOUDS.map((cloud) => nameIf(slots.get(cloud))),
        })
      }
    }

    /** Expects that all read-only commands agree with the oracle. */
    async function expectAgreement(): Promise<void> {
      const expectations = selectStreams(NAMES).map(([name, stream]) => ({
        name,
        ...getExpectation(stream),
      }))
      const getStatus = (key: 'isDifferent' | 'isFailure') =>
        expectations.some((each) => each[key]) ? 1 : 0
      const regenerated = await command(['regenerate', '--check'])
      expect(regenerated.status, regenerated.all).toBe(getStatus('isDifferent'))
      const checked = await command(['check'])
      expect(checked.status, checked.all).toBe(getStatus('isFailure'))
      if (lines.length % 6 === 0) {
        const each: Update = {
          ...{ kind: 'update', names: NAMES, release: undefined },
          ...{ mode: 'check', isNone: false, drop: undefined },
        }
        await update(each)
      }
      for (const { name, snapshot, wanted, ...expectation } of expectations) {
        const { target, snapshot: file } = getFiles(name)
        const isDefault = lines.length % 2 === 0
        const options = isDefault
          ? []
          : ['--layout', 'stream-metadata', '--require', wanted.require]
        const isUnverified = isDefault ? expectation.isForeign : expectation.isUnverified
        const verified = await command(['verify', file, '--target', target, ...options])
        expect(verified.status, verified.all).toBe(expectation.isDifferent || isUnverified ? 1 : 0)
        if (getClouds(snapshot).length === 0) continue
        const { stdout } = await command(['skew', name, '-o', 'json'])
        type Slot = { cloud: Cloud; image: Record<string, string> | null; grade: string }
        const slots: readonly Slot[] = JSON.parse(stdout)
        const shown = slots.map((slot) => `${slot.cloud} ${imageName(slot.image)} ${slot.grade}`)
        const expected = getClouds(snapshot).map((cloud) => {
          const image = choose(cloud, snapshot, wanted.require)
          return `${cloud} ${nameIf(image) ?? ''} ${image ? getGrade(image, snapshot.release) : 'none'}`
        })
        expect(String(shown.sort())).toBe(String(expected.sort()))
      }
    }

    function getExpectation(stream: Stream) {
      const { snapshot, wanted, target } = stream
      if (snapshot === undefined) throw new Error('no snapshot')
      const { isChange, isUnmet, losses } = plan(stream, snapshot, builds, false)
      const isDifferent = isChange || isUnmet || losses.length > 0
      const captured = getClouds(snapshot)
      const unverified = [...target.slots.keys()].filter((cloud) => !captured.includes(cloud))
      const isForeign = unverified.some(
        (cloud) => captured.length > 0 || !state.clouds.includes(cloud),
      )
      const isOther =
        (String(captured) !== String(state.clouds) && captured.length > 0) ||
        snapshot.release !== wanted.release ||
        snapshot.signatures !== wanted.signatures ||
        (snapshot.earlierMinors !== wanted.earlierMinors && captured.length > 0)
      return {
        ...{ snapshot, wanted, isDifferent, isForeign, isUnverified: unverified.length > 0 },
        isFailure: isDifferent || isForeign || isOther,
      }
    }

    async function commit(merged?: ImportedCommit): Promise<void> {
      const time = new Date(FIRST_DAY + versions.length * DAY).toISOString()
      const last = versions.at(-1)
      const parents = last === undefined ? [] : [last.at]
      if (merged) parents.push(commits.push(merged) - 1)
      const message = `version ${versions.length + 1}`
      const at = commits.push({ time, message, parents, files: texts() }) - 1
      versions.push({ at, ...state })
    }

    async function merge(back: number, isTheirs: boolean): Promise<void> {
      const [from] = versions
      const base = versions.at(-1 - back) ?? versions.at(-1)
      if (!isGit || from === undefined || base === undefined) return
      lines.push(`# merges a branch from ${back} commits ago with the files of the first version`)
      const { files: first = {} } = commits[from.at] ?? {}
      const time = new Date(FIRST_DAY + (versions.length - 0.5) * DAY).toISOString()
      const side = { ...first, 'other.txt': `${commits.length}\n` }
      if (isTheirs) {
        for (const [name, text] of Object.entries(first)) await writeFile(at(name), text)
        const { clouds, streams } = from
        state = { clouds, streams }
      }
      await commit({ time, message: 'side', files: side, parents: [base.at] })
    }

    /**
     * Expects that `history` shows exactly the changes between each version and its first parent.
     */
    async function expectHistory(): Promise<void> {
      const imported = await importCommits(folder, commits)
      const ids = versions.map(({ at }) => imported[at] ?? '')
      const { status, stdout, all } = await command(['history', 's', '-o', 'json'])
      expect(status, all).toBe(0)
      type Shown = { commit: string; changes: Record<string, unknown>[] }[]
      const parsed: Shown = JSON.parse(stdout)
      const shown = new Map(parsed.map(({ commit: id, changes }) => [id, shownChanges(changes)]))
      expect(parsed.length, `each version is shown once in\n${stdout}`).toBe(shown.size)
      for (const [index, { streams }] of versions.entries()) {
        const id = ids[index] ?? ''
        const before = versions[index - 1]?.streams.s
        const changes = expectedChanges(before, streams.s ?? initial)
        const placed = slotChanges(before, streams.s, ({ target }, cloud) =>
          target.slots.get(cloud),
        )
        const all = [...new Set([...changes, ...(before ? placed : [])])].sort()
        expect(shown.get(id) ?? [], `version ${index + 1} in\n${stdout}`).toEqual(all)
        shown.delete(id)
        if (index !== versions.length - 1 || before === undefined) continue
        if ([before, streams.s].some((each) => each?.wanted.require !== 'any')) continue
        const { snapshot } = getFiles('s')
        const revisions = [`${ids[index - 1]}:${snapshot}`, snapshot]
        const compared = await command(['diff', ...revisions, '-o', 'json', '--exit-zero'])
        expect(compared.status, compared.all).toBe(0)
        const [only] = Object.values<{ changes: [] }>(JSON.parse(compared.stdout).streams)
        expect(shownChanges(only?.changes ?? []), compared.stdout).toEqual(changes)
      }
      expect([...shown.keys()], 'versions that are not commits of main').toEqual([])
    }

    /** Expects that the commands that `check` prints repair the workspace. */
    async function repair(): Promise<void> {
      for (let round = 0; round < 8; round += 1) {
        const { status, all } = await command(['check'])
        if (status === 0) return
        const advice = [...all.matchAll(/stream-snapshot ((?:[a-z]+)(?: [^\s,;]+)*)/g)]
          .map(([, words = '']) => words.replace(/\.$/, '').split(' '))
          .filter(([name = '']) => ['update', 'capture', 'regenerate'].includes(name))
        expect(advice.length, all).toBeGreaterThan(0)
        for (const words of advice) {
          const done = await command(words)
          if (done.status === 1 && done.all.includes('--allow-regression')) {
            await command([...words, '--allow-regression'])
          }
        }
      }
      expect(await command(['check'])).toMatchObject({ status: 0 })
    }
  }

  const sequence = fc.asyncProperty(
    fc.tuple(build, build, build),
    cloudState,
    fc.array(step, { minLength: 2, maxLength: 7 }),
    fc.record({ isGit: chance(3), isTwo: chance(3) }),
    chance(50),
    (builds, first, steps, options, isNetwork) =>
      playSequence(isNetwork ? undefined : [azure, aws, gcp, server], (folder) =>
        test(folder, builds, first, steps, options),
      ),
  )
  await fc.assert(sequence, PARAMETERS)
}, 3_600_000)

function listImages({ images, dates }: CloudState, part: Part): Image[] {
  return images[part].map((at) => ({
    part,
    at,
    ...(isSku(part) && { deprecated: dates[part][at] }),
  }))
}

function azureImage(image: Image) {
  const { part, deprecated } = image
  const time = deprecated === undefined ? undefined : FIRST_DAY + deprecated * DAY
  return {
    ...{ publisher: 'azureopenshift', offer: 'aro4', sku: part, version: azureVersion(image) },
    ...{ architecture: 'x64' as const, hyperVGeneration: 'V2' as const },
    ...(time !== undefined && {
      imageState: 'ScheduledForDeprecation' as const,
      scheduledDeprecationTime: new Date(time).toISOString(),
    }),
  }
}

function getMeta(builds: readonly Build[], release: string): string | undefined {
  const build = builds.find((_, at) => releaseAt(at) === release)
  if (build === undefined) return undefined
  const artifact = (path: string) => ({ path, sha256: '0'.repeat(64) })
  const live = ['kernel', 'initramfs', ...(build.hasRootfs ? ['rootfs'] : [])]
  return JSON.stringify({
    buildid: release,
    'coreos-assembler.basearch': 'x86_64',
    images: {
      aws: artifact(`rhcos-${release}-aws.x86_64.vmdk.gz`),
      ...Object.fromEntries(
        live.map((name) => [`live-${name}`, artifact(`rhcos-${release}-live-${name}.x86_64.img`)]),
      ),
    },
    amis: build.regions.map((name) => ({
      name,
      hvm: getImageId({ ...ami(0), region: name, name: release }),
    })),
  })
}

function imageName(entry: Readonly<Record<string, string>> | null = null): string {
  const { publisher, offer, sku, version, name, image } = entry ?? {}
  return sku ? `${publisher}:${offer}:${sku}:${version}` : (name ?? image ?? '')
}

function shownChanges(changes: readonly Record<string, unknown>[]): string[] {
  type Side = { release?: string; image?: Record<string, string> } | null
  const name = (side: Side) => imageName(side?.image)
  return changes
    .flatMap(({ kind, cloud, region, before, after }) => {
      const sides = [before, after] as Side[]
      if (kind === 'build') return [`build ${sides.map((side) => side?.release ?? '')}`]
      if (kind !== 'slot') return []
      const [old, fresh] = sides.map(name)
      return old === fresh ? [] : [`${cloud} ${region ?? ''} ${old},${fresh}`]
    })
    .sort()
}

/** The expected changes between two snapshots. */
function expectedChanges(before: Stream | undefined, after: Stream): string[] {
  const name = (stream: Stream | undefined) =>
    stream?.snapshot ? releaseAt(stream.snapshot.release) : ''
  return [
    ...(name(before) === name(after) ? [] : [`build ${name(before)},${name(after)}`]),
    ...slotChanges(before, after, ({ snapshot, wanted }, cloud) =>
      snapshot ? choose(cloud, snapshot, wanted.require) : undefined,
    ),
  ].sort()
}

function slotChanges(
  before: Stream | undefined,
  after: Stream | undefined,
  getImage: (stream: Stream, cloud: Cloud) => Image | undefined,
): string[] {
  return CLOUDS.flatMap((cloud) => {
    const [old, fresh] = [before, after].map((each) => each && nameIf(getImage(each, cloud)))
    const region = cloud === 'aws' ? 'us-east-1' : ''
    return old === fresh ? [] : [`${cloud} ${region} ${old ?? ''},${fresh ?? ''}`]
  })
}
