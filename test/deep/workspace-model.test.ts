import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startAws } from '../mock-servers/aws.ts'
import { imageIdOf } from '../mock-servers/aws-image.ts'
import { startAzure } from '../mock-servers/azure.ts'
import { startBuilds } from '../mock-servers/builds.ts'
import { startGcp } from '../mock-servers/gcp.ts'
import { run } from '../support/cli.ts'
import { type ImportedCommit, importCommits } from '../support/git.ts'
import { type Nock, playSequence, rememberEvidence, switchable } from './memory.ts'
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
  STAMPS,
} from './model.ts'

vi.mock('nock', async (original) => ({ default: switchable((await original<Nock>()).default) }))
vi.mock('../../src/capture/verify.ts', async (original) => rememberEvidence(await original()))

/**
 * Random sequences of commands in a workspace, against an oracle that is written from the contract
 * and shares no code with `src/`: builds that move forwards and back, clouds that come and go,
 * deprecation dates that pass, kept regions, and a git history with merges.
 */

const PARTS = ['417-v2', '418-v2', 'us-east-1', PROJECT] as const
const SKUS = ['417-v2', '418-v2'] as const
/** The regions of the builds' own images. */
const REGIONS = ['eu-north-1', 'me-central-1', 'me-south-1'] as const
const SNAPSHOT = 'snapshots/s.json'
const FILES = [
  'rhcos.json',
  ...[SNAPSHOT, 'snapshots/s.recording.json'],
  ...['stream-snapshot.json', 'c.json'],
]

type Part = (typeof PARTS)[number]
type Sku = (typeof SKUS)[number]
type Cloud = (typeof CLOUDS)[number]
type Region = (typeof REGIONS)[number]

interface World {
  /** Of each part the images, as positions in STAMPS. */
  readonly images: Readonly<Record<Part, readonly number[]>>
  /** Of each SKU and position the day from which an image is deprecated. */
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
const cloudOf = (part: Part): Cloud => (isSku(part) ? 'azure' : part === PROJECT ? 'gcp' : 'aws')
const ocpOf = (part: Part) => (part === '417-v2' ? '417' : '418')
const releaseAt = (at: number) => `418.94.${STAMPS[at]}-0`
const azureVersion = ({ part, at }: Image) => `${ocpOf(part)}.94.${STAMPS[at]?.slice(0, 8)}`
const ami = (at: number) => ({
  region: 'us-east-1',
  name: `rhcos-${releaseAt(at)}-x86_64-${PRODUCT}`,
  architecture: 'x86_64' as const,
  creationDate: '2024-10-10T00:00:00Z',
})
const gcpName = (at: number) => `redhat-coreos-ocp-418-x86-64-${STAMPS[at]}`
const nameOf = (image: Image) => {
  if (isSku(image.part)) return `azureopenshift:aro4:${image.part}:${azureVersion(image)}`
  return image.part === PROJECT ? gcpName(image.at) : imageIdOf(ami(image.at))
}
const age = ({ part, at }: Image) => `${ocpOf(part)}.${STAMPS[at]}`
const nameIf = (image: Image | undefined) => image && nameOf(image)

// What the oracle knows.

interface Target {
  readonly release: number
  /** Of each region of the build's images the build that made the image. */
  readonly regions: ReadonlyMap<Region, number>
  readonly hasRootfs: boolean
  readonly signatures: boolean
  readonly slots: ReadonlyMap<Cloud, Image>
}

/** What a capture takes from the workspace. */
interface Settings {
  /** With 0, the SKU of OCP 4.17 is not queried. */
  readonly earlierMinors: 0 | 1
  readonly signatures: boolean
}

interface Snapshot extends Settings {
  readonly release: number
  /** The results of queries; absent: not queried. */
  readonly results: ReadonlyMap<Part, readonly Image[]>
  /** The day of the capture. */
  readonly day: number
}

interface Workspace extends Settings {
  readonly release: number
  readonly clouds: readonly Cloud[]
}

/** What is committed. */
interface Version {
  /** Its position among all commits. */
  readonly at: number
  readonly snapshot: Snapshot
  readonly target: Target
  readonly wanted: Workspace
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
const cloudsOf = ({ results }: Snapshot) =>
  CLOUDS.filter((cloud) => [...results.keys()].some((part) => cloudOf(part) === cloud))

/** The image that a slot gets. Each cloud has one slot. */
function choose(cloud: Cloud, { results, release, day }: Snapshot): Image | undefined {
  const images = [...results].flatMap(([part, own]) => (cloudOf(part) === cloud ? own : []))
  const left = images.filter(({ deprecated = Number.POSITIVE_INFINITY }) => deprecated > day)
  const exact = left.find((image) => isExact(image, release))
  return exact ?? left.sort((a, b) => (age(a) < age(b) ? 1 : -1))[0]
}

interface Loss {
  /** What names it in a line of the output. */
  readonly name: string
  readonly fact?: string | undefined
  /** Whether several lines may name it. */
  readonly isSeveral?: true
}

interface Plan {
  readonly next: Target
  readonly losses: readonly Loss[]
  readonly isChange: boolean
}

/** @param removed clouds whose images this run takes out, or may take out */
function plan(
  target: Target,
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
      if (isKept || at !== target.release) regions.set(region, at)
      else losses.push({ name: region })
    } else if (fresh < at && at !== target.release) losses.push({ name: region })
  }
  if (target.hasRootfs && !build.hasRootfs) losses.push({ name: 'rootfs x86_64' })
  const { signatures } = snapshot
  if (target.signatures && !signatures) losses.push({ name: 'signature x86_64', isSeveral: true })
  if (snapshot.release < target.release) losses.push({ name: 'back to an earlier build' })
  const slots = new Map<Cloud, Image>()
  for (const cloud of CLOUDS) {
    const [old, isCaptured] = [target.slots.get(cloud), cloudsOf(snapshot).includes(cloud)]
    const kept = removed.includes(cloud) ? undefined : old
    const image = isCaptured ? choose(cloud, snapshot) : kept
    if (image) slots.set(cloud, image)
    if (old === undefined || nameIf(image) === nameOf(old)) continue
    if (image && (age(image) > age(old) || isExact(image, snapshot.release))) continue
    const dropped = isCaptured ? undefined : 'removed by --drop'
    losses.push({ name: nameOf(old), fact: dropped ?? factOf(old, snapshot) })
  }
  const { release } = snapshot
  const next = { release, regions, hasRootfs: build.hasRootfs, signatures, slots }
  return { next, losses, isChange: textOf(next) !== textOf(target) }
}

const FACTS = ['not queried', 'not found', 'no longer listed'] as const

/** Undefined for an image that is listed, which a slot may lose by its deprecation. */
function factOf(image: Image, { results }: Snapshot): string | undefined {
  const result = results.get(image.part)
  if (result === undefined) return 'not queried'
  if (result.some(({ at }) => at === image.at)) return undefined
  return result.length === 0 && isSku(image.part) ? 'not found' : 'no longer listed'
}

function textOf(value: Target | Snapshot): string {
  return JSON.stringify(value, (_, each) => (each instanceof Map ? [...each].sort() : each))
}

// Steps.

type Step =
  | { readonly kind: 'world'; readonly world: World }
  | { readonly kind: 'clock'; readonly days: number }
  | { readonly kind: 'clouds'; readonly clouds: readonly Cloud[] }
  /** Somebody edits the workspace file. */
  | { readonly kind: 'edit'; readonly release: number }
  | { readonly kind: 'settings'; readonly settings: Settings }
  | {
      readonly kind: 'update'
      readonly release: number | undefined
      readonly mode: Mode
      readonly isNone: boolean
      readonly drop: Cloud | undefined
    }
  | { readonly kind: 'regenerate'; readonly mode: Mode }
  /**
   * Merges a branch that began so many commits ago and has the files of the first version, with its
   * files or with those of main.
   */
  | { readonly kind: 'merge'; readonly back: number; readonly isTheirs: boolean }

const release = fc.nat({ max: 2 })
const mode = fc.constantFrom<Mode>('plain', 'plain', 'allow', 'keep', 'both', 'check', 'dry-run')
const world: fc.Arbitrary<World> = fc
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
    ) as unknown as World['images'],
    dates: Object.fromEntries(
      SKUS.map((sku, at) => [sku, dates[at] ?? []]),
    ) as unknown as World['dates'],
  }))
const build: fc.Arbitrary<Build> = fc.record({
  regions: fc.subarray([...REGIONS], { minLength: 1 }),
  hasRootfs: fc.boolean(),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('world' as const), world }) },
  { weight: 1, arbitrary: clockStep },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clouds' as const),
      clouds: fc.subarray([...CLOUDS], { minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), release }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('settings' as const),
      settings: fc.record({
        earlierMinors: fc.constantFrom<0 | 1>(0, 1),
        signatures: fc.boolean(),
      }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      release: fc.option(release, { nil: undefined, freq: 1 }),
      mode,
      isNone: chance(5),
      drop: fc.option(fc.constantFrom(...CLOUDS), { nil: undefined, freq: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('regenerate' as const), mode }) },
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
  const server = await startBuilds(({ release: wanted }) => metaOf(published, wanted))
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
    first: World,
    steps: readonly Step[],
    isGit: boolean,
  ): Promise<void> {
    published = builds
    await mkdir(join(folder, 'snapshots'), { recursive: true })
    const at = (name: string) => join(folder, name)
    const lines: string[] = []
    let current = first
    let day = 0
    let wanted: Workspace = { release: 0, clouds: CLOUDS, earlierMinors: 1, signatures: true }
    let snapshot: Snapshot | undefined
    let target: Target = {
      ...{ release: -1, regions: new Map(), hasRootfs: false, signatures: false },
      slots: new Map(),
    }
    const versions: Version[] = []
    const commits: ImportedCommit[] = []

    const read = (file: string) => readFile(at(file), 'utf8').catch(() => undefined)
    const files = () => Promise.all(FILES.map(read))
    const texts = async () =>
      Object.fromEntries((await files()).map((text = '', at) => [FILES[at] ?? '', text]))
    const command = async (...words: readonly string[]) => {
      const isQuery = words[0] === 'update'
      const endpoints = ['--azure-endpoint', azure.url, '--gcp-endpoint', gcp.url]
      const now = () => new Date(FIRST_DAY + day * DAY)
      const all = [...words, ...(isQuery ? endpoints : [])]
      const outcome = await run(all, { cwd: folder, env, now })
      lines.push(`stream-snapshot ${words.join(' ')}   # exit ${outcome.status}`)
      return { ...outcome, all: outcome.stdout + outcome.stderr }
    }
    const writeWorkspace = async (next: Workspace) => {
      wanted = next
      const stream = {
        ...{ snapshot: SNAPSHOT, target: 'rhcos.json', name: '4.18-9.4', url: server.streams },
        ...{ criteria: 'c.json', layouts: ['stream-metadata'], signatures: next.signatures },
        builds: { x86_64: releaseAt(next.release) },
      }
      lines.push(`# the workspace has ${JSON.stringify(next)}`)
      const own = { ...criteria, earlierMinors: next.earlierMinors }
      await writeFile(at('c.json'), JSON.stringify(own))
      const text = JSON.stringify({ clouds: next.clouds, streams: { s: stream } }, undefined, 2)
      await writeFile(at('stream-snapshot.json'), `${text}\n`)
    }
    const setWorld = (next: World) => {
      current = next
      lines.push(`# the clouds have ${JSON.stringify(next)}`)
      azure.setImages(SKUS.flatMap((sku) => imagesOf(next, sku).map(azureImage)))
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
      lines.push(`# the builds are ${JSON.stringify(builds)}`)
      await writeWorkspace(wanted)
      setWorld(first)
      await update({ release: undefined, mode: 'plain', isNone: false, drop: undefined })
      await agree()
      await commit()
      for (const each of steps) {
        const before = await files()
        if (each.kind === 'world') setWorld(each.world)
        else if (each.kind === 'clock') day += each.days
        else if (each.kind === 'clouds') await writeWorkspace({ ...wanted, clouds: each.clouds })
        else if (each.kind === 'edit') await writeWorkspace({ ...wanted, release: each.release })
        else if (each.kind === 'settings') await writeWorkspace({ ...wanted, ...each.settings })
        else if (each.kind === 'update') await update(each)
        else if (each.kind === 'regenerate') await regenerate(each.mode)
        else await merge(each.back, each.isTheirs)
        if (String(before) === String(await files())) continue
        await agree()
        if (each.kind !== 'merge') await commit()
      }
      if (isGit) await readHistory()
      await repair()
    } catch (error) {
      throw new Error(`${lines.join('\n')}\n${error instanceof Error ? error.message : error}`)
    }

    async function update(each: Omit<Extract<Step, { kind: 'update' }>, 'kind'>): Promise<void> {
      const queried = each.isNone ? [] : wanted.clouds
      const captured = snapshot ? cloudsOf(snapshot) : []
      const isDrop = each.drop && captured.includes(each.drop) && !queried.includes(each.drop)
      const drop = isDrop ? each.drop : undefined
      const results = new Map(snapshot?.results)
      const { earlierMinors, signatures } = wanted
      for (const part of PARTS) {
        const isQueried = queried.includes(cloudOf(part))
        if (cloudOf(part) === drop || isQueried) results.delete(part)
        if (!isQueried || (part === '417-v2' && earlierMinors === 0)) continue
        results.set(part, imagesOf(current, part))
      }
      const built = each.release ?? wanted.release
      const fresh: Snapshot = {
        ...{ release: built, results, day: snapshot?.day ?? day },
        ...{ earlierMinors, signatures },
      }
      const isNews =
        snapshot === undefined ||
        textOf(fresh) !== textOf(snapshot) ||
        [...results.values()].flat().some(({ deprecated = -1 }) => {
          return deprecated > fresh.day && deprecated <= day
        })
      const captureOf = isNews ? { ...fresh, day } : fresh
      const removed = [
        ...(drop ? [drop] : []),
        ...(isAllowed(each.mode) ? CLOUDS.filter((it) => !wanted.clouds.includes(it)) : []),
      ]
      const planned = plan(target, captureOf, builds, isKeeping(each.mode), removed)
      const before = await files()
      const { status, all } = await command(
        ...['update', 's', ...(each.release === undefined ? [] : [releaseAt(each.release)])],
        ...OPTIONS[each.mode],
        ...(each.isNone ? ['--cloud', 'none'] : []),
        ...(drop === undefined ? [] : ['--drop', drop]),
      )
      const kept = captured.filter((cloud) => cloud !== drop && !queried.includes(cloud))
      if (kept.length > 0 && snapshot?.earlierMinors !== earlierMinors) {
        if (each.mode !== 'dry-run') expect(status, all).toBe(1)
        for (const cloud of kept) expect(all).toContain(`${cloud} was captured for other criteria`)
        expect(await files(), all).toEqual(before)
        return
      }
      const isRefused = planned.losses.length > 0 && !isAllowed(each.mode)
      const isWrite = isNews || planned.isChange || built !== wanted.release
      const isFailure = isRefused || (each.mode === 'check' && isWrite)
      if (each.mode !== 'dry-run' || !isRefused) expect(status, all).toBe(isFailure ? 1 : 0)
      expectLosses(all, planned, snapshot && !isRefused ? lostRegions(snapshot, built) : [])
      if (isRefused || each.mode === 'check' || each.mode === 'dry-run') {
        expect(await files(), all).toEqual(before)
        return
      }
      for (const [part, old] of snapshot?.results ?? []) {
        const isQueried = queried.includes(cloudOf(part)) && results.has(part)
        const listed = new Set(results.get(part)?.map(nameOf))
        for (const image of old) {
          const isGone = isQueried && !listed.has(nameOf(image))
          const named = all.split('\n').filter((line) => line.includes('no longer listed: '))
          const own = named.filter((line) => countName(line, nameOf(image)) > 0)
          expect(own.length, `${nameOf(image)}\n${all}`).toBe(isGone ? 1 : 0)
        }
      }
      snapshot = captureOf
      target = planned.next
      wanted = { ...wanted, release: built }
      await expectFiles()
    }

    /** Regions that leave the snapshot with its build, whether or not the target keeps them. */
    function lostRegions(before: Snapshot, built: number): readonly Region[] {
      const own = builds[built]?.regions ?? []
      return (builds[before.release]?.regions ?? []).filter((region) => !own.includes(region))
    }

    function expectLosses(all: string, { losses }: Plan, others: readonly string[] = []): void {
      const changes = all
        .split('\n')
        .filter((line) => /^ +[-~] {2}/.test(line) || /^[-~] /.test(line))
      const text = changes.map((line) => line.replace(/ -> \S+( \(ami-\w+\))?/, ' ->'))
      for (const { name, fact, isSeveral } of losses) {
        const naming = text.filter((line) => countName(line, name) > 0)
        const lines = isSeveral ? Math.min(naming.length, 1) : naming.length
        expect(lines, `${name} is named once in\n${all}`).toBe(1)
        for (const each of ['removed by --drop', ...FACTS]) {
          const isNamed = naming.some((line) => line.includes(each))
          expect(isNamed, `${name}: ${each}: ${fact}\n${all}`).toBe(fact === each)
        }
      }
      const names = [...losses.map(({ name }) => name), ...others]
      for (const name of [
        ...REGIONS,
        'rootfs x86_64',
        'signature x86_64',
        'back to an earlier build',
      ]) {
        if (names.includes(name)) continue
        const naming = changes.filter((line) => countName(line, name) > 0 && !line.includes('+'))
        expect(naming, `${name} is not lost\n${all}`).toEqual([])
      }
      for (const line of changes.filter((each) => /^ *- {2}(azure|aws|gcp) /.test(each))) {
        expect(
          names.some((name) => countName(line, name) > 0),
          `${line}\n${all}`,
        ).toBe(true)
      }
    }

    async function regenerate(each: Mode): Promise<void> {
      if (snapshot === undefined) return
      const removed = isAllowed(each)
        ? CLOUDS.filter((cloud) => !wanted.clouds.includes(cloud))
        : []
      const planned = plan(target, snapshot, builds, isKeeping(each), removed)
      const before = await files()
      const { status, all } = await command('regenerate', 's', ...OPTIONS[each])
      const isRefused = planned.losses.length > 0 && !isAllowed(each)
      const isFailure = isRefused || (each === 'check' && planned.isChange)
      if (each !== 'dry-run' || !isRefused) expect(status, all).toBe(isFailure ? 1 : 0)
      expectLosses(all, planned)
      if (isRefused || each === 'check' || each === 'dry-run') {
        expect(await files(), all).toEqual(before)
      } else {
        target = planned.next
        await expectFiles()
      }
    }

    async function expectFiles(): Promise<void> {
      const [stream] = await files()
      const { artifacts, images, ...rest } = JSON.parse(stream ?? '{}').architectures.x86_64
      const { azure: one, aws: two, gcp: three } = rest['rhel-coreos-extensions']?.marketplace ?? {}
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
      expect(found).toEqual({
        release: releaseAt(target.release),
        ...{ hasRootfs: target.hasRootfs, signatures: target.signatures },
        regions: [...target.regions].map(([region, each]) => [region, releaseAt(each)]).sort(),
        slots: CLOUDS.map((cloud) => nameIf(target.slots.get(cloud))),
      })
    }

    /** What `check`, `regenerate --check` and `verify` report of the same files. */
    async function agree(): Promise<void> {
      if (snapshot === undefined) return
      const planned = plan(target, snapshot, builds, false)
      const isDifferent = planned.isChange || planned.losses.length > 0
      const regenerated = await command('regenerate', '--check')
      expect(regenerated.status, regenerated.all).toBe(isDifferent ? 1 : 0)
      const captured = cloudsOf(snapshot)
      const isOther = String(captured) !== String(wanted.clouds) && captured.length > 0
      const isForeign = [...target.slots.keys()].some(
        (cloud) =>
          !captured.includes(cloud) && !(captured.length === 0 && wanted.clouds.includes(cloud)),
      )
      const checked = await command('check')
      const isOtherSetting =
        snapshot.release !== wanted.release ||
        snapshot.signatures !== wanted.signatures ||
        (snapshot.earlierMinors !== wanted.earlierMinors && captured.length > 0)
      const isFault = isDifferent || isOther || isForeign || isOtherSetting
      expect(checked.status, checked.all).toBe(isFault ? 1 : 0)
      const options = ['--target', 'rhcos.json', '--layout', 'stream-metadata']
      const verified = await command('verify', SNAPSHOT, ...options)
      const isUnverified = [...target.slots.keys()].some((cloud) => !captured.includes(cloud))
      expect(verified.status, verified.all).toBe(isDifferent || isUnverified ? 1 : 0)
    }

    async function commit(merged?: ImportedCommit): Promise<void> {
      if (!isGit || snapshot === undefined) return
      const time = new Date(FIRST_DAY + versions.length * DAY).toISOString()
      const last = versions.at(-1)
      const parents = last === undefined ? [] : [last.at]
      if (merged) parents.push(commits.push(merged) - 1)
      const message = `version ${versions.length + 1}`
      const at = commits.push({ time, message, parents, files: await texts() }) - 1
      versions.push({ at, snapshot, target, wanted })
    }

    async function merge(back: number, isTheirs: boolean): Promise<void> {
      const [from] = versions
      const base = versions.at(-1 - back) ?? versions.at(-1)
      if (from === undefined || base === undefined) return
      lines.push(`# merges a branch from ${back} commits ago that went back to the first version`)
      const { files: own = {} } = commits[from.at] ?? {}
      const time = new Date(FIRST_DAY + (versions.length - 0.5) * DAY).toISOString()
      const files = { ...own, 'other.txt': `${commits.length}\n` }
      if (isTheirs) {
        for (const [name, text] of Object.entries(own)) await writeFile(at(name), text)
        ;({ snapshot, target, wanted } = from)
      }
      await commit({ time, message: 'side', files, parents: [base.at] })
    }

    /** `history` shows what differs between each version and its first parent, and nothing else. */
    async function readHistory(): Promise<void> {
      const imported = await importCommits(folder, commits)
      const ids = versions.map(({ at }) => imported[at] ?? '')
      const { status, stdout, all } = await command('history', SNAPSHOT, '-o', 'json')
      expect(status, all).toBe(0)
      const shown = new Map<string, unknown>(
        (JSON.parse(stdout) as { commit: string; changes: Record<string, unknown>[] }[]).map(
          ({ commit: id, changes }) => [id, shownChanges(changes)],
        ),
      )
      expect(JSON.parse(stdout).length, `each version once in\n${stdout}`).toBe(shown.size)
      for (const [index, version] of versions.entries()) {
        const id = ids[index] ?? ''
        const before = versions[index - 1]
        const changes = expectedChanges(before?.snapshot, version.snapshot, builds)
        expect(shown.get(id) ?? [], `version ${index + 1} in\n${stdout}`).toEqual(changes)
        shown.delete(id)
        if (index !== versions.length - 1 || before === undefined) continue
        const revisions = [`${ids[index - 1]}:${SNAPSHOT}`, SNAPSHOT]
        const compared = await command('diff', ...revisions, '-o', 'json', '--exit-zero')
        expect(compared.status, compared.all).toBe(0)
        const [own] = Object.values<{ changes: [] }>(JSON.parse(compared.stdout).streams)
        expect(shownChanges(own?.changes ?? []), compared.stdout).toEqual(changes)
      }
      expect([...shown.keys()], 'versions of no commit of main').toEqual([])
    }

    /** Whoever follows the advice of `check` comes to an end. */
    async function repair(): Promise<void> {
      for (let round = 0; round < 6; round += 1) {
        const { status, all } = await command('check')
        if (status === 0) return
        const advice = [...all.matchAll(/stream-snapshot ((?:[a-z]+)(?: [^\s,;]+)*)/g)]
          .map(([, words = '']) => words.replace(/\.$/, '').split(' '))
          .filter(([name = '']) => ['update', 'capture', 'regenerate'].includes(name))
        expect(advice.length, all).toBeGreaterThan(0)
        for (const words of advice) {
          const done = await command(...words)
          if (done.status === 1 && done.all.includes('--allow-regression')) {
            await command(...words, '--allow-regression')
          }
        }
      }
      expect(await command('check')).toMatchObject({ status: 0 })
    }
  }

  const sequence = fc.asyncProperty(
    fc.tuple(build, build, build),
    world,
    fc.array(step, { minLength: 2, maxLength: 7 }),
    chance(3),
    chance(20),
    (builds, first, steps, isGit, isNetwork) =>
      playSequence(isNetwork ? undefined : [azure, aws, gcp, server], (folder) =>
        test(folder, builds, first, steps, isGit),
      ),
  )
  await fc.assert(sequence, PARAMETERS)
}, 3_600_000)

function imagesOf({ images, dates }: World, part: Part): Image[] {
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

function metaOf(builds: readonly Build[], release: string): string | undefined {
  const own = builds.find((_, at) => releaseAt(at) === release)
  if (own === undefined) return undefined
  const artifact = (path: string) => ({ path, sha256: '0'.repeat(64) })
  const live = ['kernel', 'initramfs', ...(own.hasRootfs ? ['rootfs'] : [])]
  return JSON.stringify({
    buildid: release,
    'coreos-assembler.basearch': 'x86_64',
    images: {
      aws: artifact(`rhcos-${release}-aws.x86_64.vmdk.gz`),
      ...Object.fromEntries(
        live.map((name) => [`live-${name}`, artifact(`rhcos-${release}-live-${name}.x86_64.img`)]),
      ),
    },
    amis: own.regions.map((name) => ({
      name,
      hvm: imageIdOf({ ...ami(0), region: name, name: release }),
    })),
  })
}

function shownChanges(changes: readonly Record<string, unknown>[]): string[] {
  type Side = { release?: string; image?: Record<string, string> } | null
  const name = (side: Side) => {
    const { publisher, offer, sku, version, name: own, image } = side?.image ?? {}
    return sku ? `${publisher}:${offer}:${sku}:${version}` : (own ?? image ?? '')
  }
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

function expectedChanges(
  before: Snapshot | undefined,
  after: Snapshot,
  builds: readonly Build[],
): string[] {
  expect(builds.length).toBe(3)
  const name = (at: number | undefined) => (at === undefined ? '' : releaseAt(at))
  return [
    ...(before?.release === after.release
      ? []
      : [`build ${name(before?.release)},${name(after.release)}`]),
    ...CLOUDS.flatMap((cloud) => {
      const [old, fresh] = [before, after].map((each) => each && nameIf(choose(cloud, each)))
      const region = cloud === 'aws' ? 'us-east-1' : ''
      return old === fresh ? [] : [`${cloud} ${region} ${old ?? ''},${fresh ?? ''}`]
    }),
  ].sort()
}
