import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startAws } from '../mock-servers/aws.ts'
import { getImageId } from '../mock-servers/aws-image.ts'
import { startAzure } from '../mock-servers/azure.ts'
import { startGcp } from '../mock-servers/gcp.ts'
import { run } from '../support/cli.ts'
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
 * Random images in the clouds and random sequences of commands, compared with an oracle that is
 * written from the contract and shares no code with `src/`.
 */

const SKUS = ['417-v2', '418-v2', '417-arm', '418-arm'] as const
const REGIONS = ['eu-west-1', 'sa-east-1', 'us-east-1'] as const

type Sku = (typeof SKUS)[number]
type Region = (typeof REGIONS)[number]
type Cloud = (typeof CLOUDS)[number]
type Part = Sku | Region | typeof PROJECT

/** The state of the clouds. Images are indexes in STAMPS. */
interface CloudState {
  readonly images: Readonly<Record<Part, readonly number[]>>
  /** Images that Azure lists with the state `Deprecated`. */
  readonly deprecated: Readonly<Record<Sku, readonly number[]>>
  /** The day from which an image is deprecated, by SKU and index in STAMPS. */
  readonly dates: Readonly<Record<Sku, readonly (number | undefined)[]>>
  /** Regions that refuse queries. */
  readonly failing: readonly Region[]
}

interface Image {
  readonly part: Part
  readonly at: number
  readonly isDeprecated: boolean
  readonly deprecationDay: number
}

const isRegion = (part: Part): part is Region => (REGIONS as readonly string[]).includes(part)
const isSku = (part: Part): part is Sku => (SKUS as readonly string[]).includes(part)
const getCloud = (part: Part): Cloud =>
  isRegion(part) ? 'aws' : part === PROJECT ? 'gcp' : 'azure'
const getOcp = (part: Part) => (part.startsWith('417') ? '417' : '418')
const amiName = (at: number) => `rhcos-418.94.${STAMPS[at]}-0-x86_64-${PRODUCT}`
const gcpName = (at: number) => `redhat-coreos-ocp-418-x86-64-${STAMPS[at]}`
const getName = ({ part, at }: Pick<Image, 'part' | 'at'>) => {
  if (isRegion(part)) return getImageId({ ...AMI, region: part, name: amiName(at) })
  if (part === PROJECT) return `projects/${PROJECT}/global/images/${gcpName(at)}`
  return `azureopenshift:aro4:${part}:${getOcp(part)}.94.${STAMPS[at]?.slice(0, 8)}`
}
const AMI = { architecture: 'x86_64', creationDate: '2024-10-10T00:00:00Z' } as const

const belongsTo = (part: Part, whole: string) => part === whole || getCloud(part) === whole

/** Newer images have the greater key. */
const age = ({ part, at }: Image) => `${getOcp(part)}.${STAMPS[at]}`

// The oracle.

interface Model {
  cloudState: CloudState
  /** The results of the queries in the snapshot; absent if not queried. */
  readonly results: Map<Part, readonly Image[]>
  /** The image in each slot of the target. */
  readonly target: Map<string, Image>
  /** The release of the target as an index in STAMPS. */
  release: number
  today: number
  /** The day of the snapshot's `capturedAt`. */
  captureDay: number
  /** The day of the last query, by cloud that later captures did not query. */
  readonly queryDays: Map<Cloud, number>
  /** Members that were added by hand to the marketplace images of the target. */
  readonly members: Set<Member>
}

const getQueryDay = ({ queryDays, captureDay }: Model, part: Part) =>
  queryDays.get(getCloud(part)) ?? captureDay

/** A slot's key is its region, or its architecture on Azure. */
function slots(model: Model): Map<string, Image[]> {
  const found = new Map<string, Image[]>()
  const queried = [...model.results]
  if (queried.some(([part]) => isSku(part))) {
    found.set('x86_64', [])
    found.set('aarch64', [])
  }
  for (const [part, images] of queried) {
    const slot = getSlot(part)
    found.set(slot, [...(found.get(slot) ?? []), ...images])
  }
  return found
}

function getSlot(part: Part): string {
  return isSku(part) ? (part.endsWith('arm') ? 'aarch64' : 'x86_64') : part
}

const isExact = (image: Image, { release }: Model) =>
  getOcp(image.part) === '418' && image.at === release

function choose(images: readonly Image[], model: Model): Image | undefined {
  const left = images.filter(
    ({ part, isDeprecated, deprecationDay }) =>
      !isDeprecated && deprecationDay > getQueryDay(model, part),
  )
  const exact = left.find((image) => isExact(image, model))
  return exact ?? [...left].sort((a, b) => (age(a) < age(b) ? 1 : -1))[0]
}

type Fact = 'not queried' | 'not found' | 'no longer listed'
const FACTS: readonly Fact[] = ['not queried', 'not found', 'no longer listed']

/** Why an image of the target is not in the snapshot; undefined if it is. */
function getFact(image: Image, { results }: Model): Fact | undefined {
  const result = results.get(image.part)
  if (result === undefined) return 'not queried'
  if (result.some(({ at }) => at === image.at)) return undefined
  return result.length === 0 && isSku(image.part) ? 'not found' : 'no longer listed'
}

interface Plan {
  readonly next: Map<string, Image>
  readonly losses: readonly Image[]
  readonly changed: readonly string[]
}

/** The expected result of `regenerate`. Slots of clouds that were not captured are unchanged. */
function plan(model: Model): Plan {
  const next = new Map<string, Image>()
  const chosen = slots(model)
  const captured = new Set([...model.results.keys()].map(getCloud))
  for (const [slot, image] of model.target) {
    if (!captured.has(getCloud(image.part))) next.set(slot, image)
  }
  for (const [slot, images] of chosen) {
    const image = choose(images, model)
    if (image) next.set(slot, image)
  }
  const losses = [...model.target].flatMap(([slot, old]) => {
    const image = next.get(slot)
    if (image === undefined) return [old]
    return age(image) < age(old) && !isExact(image, model) ? [old] : []
  })
  const all = new Set([...model.target.keys(), ...next.keys()])
  const changed = [...all].filter((slot) => {
    const [a, b] = [model.target.get(slot), next.get(slot)]
    return (a && getName(a)) !== (b && getName(b))
  })
  return { next, losses, changed }
}

// Steps.

/** Invalid members and their paths in the marketplace images of x86_64. */
const MEMBERS = {
  7001: ['azure', 'no-purchase-plan', 'hyperVGen2', 'extra'],
  7002: ['azure', 'no-purchase-plan', 'other'],
  7003: ['aws', 'ocp', 'regions', 'xx-east-1'],
  7004: ['azure', 'other-plan'],
} as const
type Member = keyof typeof MEMBERS

type Step =
  | { readonly kind: 'cloudState'; readonly cloudState: CloudState }
  | { readonly kind: 'bump'; readonly release: number }
  | { readonly kind: 'clock'; readonly days: number }
  | { readonly kind: 'member'; readonly member: Member }
  | {
      readonly kind: 'capture'
      readonly clouds: readonly Cloud[]
      readonly regions: readonly Region[] | undefined
      readonly check: boolean
      readonly drop: Region | Cloud | undefined
      /** Without `--criteria`, so that the criteria of the snapshot are used. */
      readonly isBare: boolean
    }
  /** Copies the snapshot for a later `diff`. */
  | { readonly kind: 'mark' }
  | { readonly kind: 'diff' }
  | { readonly kind: 'regenerate'; readonly mode: 'plain' | 'allow' | 'check' | 'dry-run' }

const positions = fc.subarray([0, 1, 2])
const record = <K extends string, V>(keys: readonly K[], each: fc.Arbitrary<V>) =>
  fc.record(Object.fromEntries(keys.map((key) => [key, each]))) as fc.Arbitrary<Record<K, V>>

const cloudState: fc.Arbitrary<CloudState> = fc.record({
  images: record<Part, number[]>([...SKUS, ...REGIONS, PROJECT], positions),
  deprecated: record(SKUS, fc.subarray([0, 1, 2], { maxLength: 1 })),
  dates: record(
    SKUS,
    fc.array(fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 1 }), {
      minLength: 3,
      maxLength: 3,
    }),
  ),
  failing: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Region[]>([]) },
    { weight: 1, arbitrary: fc.subarray<Region>([...REGIONS], { maxLength: 1 }) },
  ),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cloudState' as const), cloudState }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('bump' as const), release: fc.nat({ max: 2 }) }),
  },
  { weight: 1, arbitrary: clockStep },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('member' as const),
      member: fc.constantFrom<Member>(7001, 7002, 7003, 7004),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('capture' as const),
      clouds: fc.subarray([...CLOUDS], { minLength: 1 }),
      regions: fc.option(fc.subarray([...REGIONS], { minLength: 1 }), { nil: undefined }),
      check: fc.boolean(),
      drop: fc.option(fc.constantFrom(...REGIONS, ...CLOUDS), { nil: undefined, freq: 5 }),
      isBare: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'mark' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'diff' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('regenerate' as const),
      mode: fc.constantFrom('plain', 'plain', 'allow', 'check', 'dry-run'),
    }),
  },
)

const MODES = {
  plain: [],
  allow: ['--allow-regression'],
  check: ['--check'],
  'dry-run': ['--dry-run'],
} as const

/** The first steps create a snapshot and a target, so that later steps can cause losses. */
const FIRST: readonly Step[] = [
  {
    ...{ kind: 'capture', clouds: CLOUDS, regions: undefined },
    ...{ check: false, drop: undefined, isBare: false },
  },
  { kind: 'regenerate', mode: 'plain' },
]

it('agrees with the oracle in random sequences of commands', async () => {
  const azure = await startAzure({ images: [] })
  const failures: Record<string, { status: number }> = {}
  const aws = await startAws({ images: [], enabledRegions: [...REGIONS], failures })
  const gcp = await startGcp({ images: [], listable: true })
  onTestFinished(async () => {
    await Promise.all([azure, aws, gcp].map((each) => each.close()))
  })
  const env = {
    ...azure.environment,
    ...aws.environment,
    ...gcp.environment,
    AWS_REGION: 'us-east-1',
  }
  const criteria = await readCriteria({ v2: 'x86_64', arm: 'aarch64' })
  const sequence = fc.asyncProperty(
    cloudState,
    fc.array(step, { minLength: 2, maxLength: 7 }),
    chance(50),
    (first, steps, isNetwork) =>
      playSequence(isNetwork ? undefined : [azure, aws, gcp], (folder) =>
        test(folder, first, steps),
      ),
  )
  async function test(folder: string, first: CloudState, steps: readonly Step[]): Promise<void> {
    const at = (name: string) => join(folder, name)
    const [snapshot, target] = ['s.json', 'rhcos.json']
    const lines: string[] = []
    let marked: ReadonlyMap<Part, readonly Image[]> | undefined
    const model: Model = {
      ...{ cloudState: first, results: new Map(), target: new Map(), release: 1 },
      ...{ today: 0, captureDay: 0, queryDays: new Map(), members: new Set() },
    }
    const read = (file: string) => readIfExists(at(file))
    const files = () => [snapshot, target].map(read)
    const command = async (...words: string[]) => {
      const now = () => new Date(FIRST_DAY + model.today * DAY)
      const outcome = await run(words, { cwd: folder, env, now })
      lines.push(`stream-snapshot ${words.join(' ')}   # exit ${outcome.status}`)
      return { ...outcome, all: outcome.stdout + outcome.stderr }
    }
    const setRelease = async (release: number) => {
      model.release = release
      const text = read(target)
      const next = `418.94.${STAMPS[release]}-0`
      const metal = { artifacts: { metal: { release: next, formats: {} } }, images: {} }
      const architectures = { aarch64: metal, x86_64: metal }
      const made = JSON.stringify({ stream: 'rhcos-4.18', architectures }, undefined, 2)
      const bumped = text?.replaceAll(/("metal": \{\s+"release": )"[^"]+"/g, `$1"${next}"`)
      await writeFile(at(target), bumped ?? `${made}\n`)
    }
    const setCloudState = (next: CloudState) => {
      model.cloudState = next
      lines.push(`# images in the clouds: ${JSON.stringify(next)}`)
      azure.setImages(
        SKUS.flatMap((sku) => next.images[sku].map((each) => azureImage(next, sku, each))),
      )
      aws.setImages(
        REGIONS.flatMap((region) =>
          next.images[region].map((each) => ({ ...AMI, region, name: amiName(each) })),
        ),
      )
      gcp.setImages(
        next.images[PROJECT].map((each) => ({
          name: gcpName(each),
          creationTimestamp: '2024-10-10T00:00:00Z',
          architecture: 'X86_64',
        })),
      )
      for (const region of REGIONS) delete failures[region]
      for (const region of next.failing) failures[region] = { status: 403 }
    }

    try {
      await writeFile(at('c.json'), JSON.stringify(criteria))
      await setRelease(1)
      setCloudState(first)
      for (const each of [...FIRST, ...steps]) {
        if (each.kind === 'cloudState') setCloudState(each.cloudState)
        else if (each.kind === 'bump') await setRelease(each.release)
        else if (each.kind === 'clock') model.today += each.days
        else if (each.kind === 'capture') await capture(each)
        else if (model.results.size === 0) continue
        else if (each.kind === 'regenerate') await regenerate(each.mode)
        else if (each.kind === 'mark') await mark()
        else if (each.kind === 'member') await addMember(each.member)
        else await diff()
      }
    } catch (error) {
      throw new Error(`${lines.join('\n')}\n${error instanceof Error ? error.message : error}`)
    }

    async function capture(each: Extract<Step, { kind: 'capture' }>): Promise<void> {
      const { clouds, regions, check, drop } = each
      const isRedundant = drop !== undefined && model.results.size === 0
      const dropped = isRedundant ? undefined : drop
      const queried: Part[] = [
        ...(clouds.includes('azure') ? SKUS : []),
        ...(clouds.includes('aws') ? (regions ?? REGIONS) : []),
        ...(clouds.includes('gcp') ? [PROJECT as Part] : []),
      ]
      // The command would query and drop the same part.
      if (dropped !== undefined && queried.some((part) => belongsTo(part, dropped))) {
        return
      }
      const before = files()
      const captured = new Set([...model.results.keys()].map(getCloud))
      const isBare = each.isBare && clouds.every((cloud) => captured.has(cloud))
      const { status, all } = await command(
        ...['capture', snapshot, '--stream', target, ...(isBare ? [] : ['--criteria', 'c.json'])],
        ...['--azure-endpoint', azure.url, '--gcp-endpoint', gcp.url],
        ...['--cloud', clouds.join(',')],
        ...(clouds.includes('aws') && regions ? ['--regions', regions.join(',')] : []),
        ...(check ? ['--check'] : []),
        ...(dropped === undefined ? [] : ['--drop', dropped]),
      )
      if (
        dropped !== undefined &&
        ![...model.results.keys()].some((part) => belongsTo(part, dropped))
      ) {
        expect(status, all).toBe(2)
        expect(files()).toEqual(before)
        return
      }
      const failing = queried.find((part) => model.cloudState.failing.includes(part as Region))
      if (failing !== undefined) {
        expect(status, all).toBe(3)
        expect(all).toContain(failing)
        expect(files()).toEqual(before)
        return
      }
      const results = new Map(model.results)
      for (const part of [...results.keys()]) {
        if (dropped !== undefined && belongsTo(part, dropped)) results.delete(part)
      }
      for (const part of queried) results.set(part, listImages(model.cloudState, part))
      const isNewlyDeprecated = queried.some((part) =>
        results
          .get(part)
          ?.some(
            ({ deprecationDay }) =>
              deprecationDay > getQueryDay(model, part) && deprecationDay <= model.today,
          ),
      )
      const isOther = !isSame(results, model.results) || isNewlyDeprecated
      if (check) {
        expect(status, all).toBe(isOther ? 1 : 0)
        expect(files()).toEqual(before)
        return
      }
      expect(status, all).toBe(0)
      for (const [part, old] of model.results) {
        const listed = new Set(results.get(part)?.map(getName))
        for (const image of old) {
          const isUnlisted = queried.includes(part) && !listed.has(getName(image))
          expect(countName(all, `no longer listed: ${getName(image)}`), getName(image)).toBe(
            isUnlisted ? 1 : 0,
          )
        }
      }
      const removed = [...model.results].flatMap(([part, images]) =>
        dropped !== undefined && belongsTo(part, dropped) ? images : [],
      )
      const reported = [...all.matchAll(/dropped .*?\b(\d+) images?\b/g)]
      expect(
        reported.reduce((sum, [, each]) => sum + Number(each), 0),
        all,
      ).toBe(removed.length)
      model.results.clear()
      for (const [part, images] of results) model.results.set(part, images)
      const written = JSON.parse(read(snapshot) ?? '{}')
      const day = Math.round((Date.parse(written.capturedAt) - FIRST_DAY) / DAY)
      expect(day).toBe(isOther ? model.today : model.captureDay)
      for (const cloud of new Set([...results.keys()].map(getCloud))) {
        const isQueried = queried.some((part) => getCloud(part) === cloud)
        if (isQueried) model.queryDays.delete(cloud)
        else if (!model.queryDays.has(cloud)) model.queryDays.set(cloud, model.captureDay)
      }
      model.captureDay = day
      const names = [
        ...(written.images.azure ?? []).map(
          (image: Record<string, string>) =>
            `${image.publisher}:${image.offer}:${image.sku}:${image.version}`,
        ),
        ...(written.images.aws ?? []).map((image: Record<string, string>) => image.image),
        ...(written.images.gcp ?? []).map(
          ({ project, name }: Record<string, string>) =>
            `projects/${project}/global/images/${name}`,
        ),
      ]
      expect(names.sort()).toEqual([...results.values()].flat().map(getName).sort())
      await expectAgreement()
    }

    async function addMember(member: Member): Promise<void> {
      const stream = JSON.parse(read(target) ?? '{}')
      const path = ['rhel-coreos-extensions', 'marketplace', ...MEMBERS[member]]
      let place = stream.architectures.x86_64
      for (const name of path.slice(0, -1)) {
        place[name] ??= {}
        place = place[name]
      }
      place[path.at(-1) ?? ''] = member
      await writeFile(at(target), `${JSON.stringify(stream, undefined, 2)}\n`)
      model.members.add(member)
      lines.push(`# ${member} is added to ${target} at ${path.join('.')} of x86_64`)
      await expectAgreement()
    }

    async function mark(): Promise<void> {
      await copyFile(at(snapshot), at('old.json'))
      marked = new Map(model.results)
    }

    async function diff(): Promise<void> {
      if (marked === undefined) return
      const { status, all } = await command('diff', 'old.json', snapshot)
      const isEqual = read('old.json') === read(snapshot)
      const [before, after] = [marked, model.results].map((each) => [...each.values()].flat())
      const names = (images: readonly Image[] = []) => images.map(getName).sort()
      const isOther = JSON.stringify(names(before)) !== JSON.stringify(names(after))
      if (isEqual) expect({ status, all }).toMatchObject({ status: 0 })
      if (isOther) expect(status, all).toBe(1)
      for (const [some, others] of [
        [before, after],
        [after, before],
      ]) {
        for (const image of some ?? []) {
          if (names(others).includes(getName(image))) continue
          const isNamed = all.split('\n').some((line) => mentions(line, image))
          expect(isNamed, `${getName(image)} is named in\n${all}`).toBe(true)
        }
      }
    }

    async function regenerate(mode: Extract<Step, { kind: 'regenerate' }>['mode']): Promise<void> {
      const before = files()
      const { next, losses, changed } = plan(model)
      const words = ['regenerate', snapshot, '--target', target, '--layout', 'stream-metadata']
      const { status, all } = await command(...words, ...MODES[mode])
      if (next.size === 0 && status === 2) return
      const isRefused = losses.length > 0 && mode !== 'allow'
      const isExit1 = isRefused || (mode === 'check' && changed.length > 0)
      if (mode !== 'dry-run') expect(status, all).toBe(isExit1 ? 1 : 0)
      for (const image of losses) {
        const fact = getFact(image, model)
        const changes = all
          .split('\n')
          .filter((each) => each.startsWith('-') || each.includes('->') || /^ +[-~]/.test(each))
        const naming = changes.filter((each) => mentions(each, image))
        expect(naming.length, `${getName(image)} is named\n${all}`).toBeGreaterThan(0)
        if (fact !== undefined) expect(naming.join('\n'), all).toContain(fact)
        for (const each of naming) {
          if (losses.filter((loss) => mentions(each, loss)).length > 1) continue
          for (const other of FACTS)
            if (other !== fact) expect(each, getName(image)).not.toContain(other)
        }
      }
      const isWritten = !isRefused && (mode === 'plain' || mode === 'allow')
      if (isWritten) {
        model.target.clear()
        for (const [slot, image] of next) model.target.set(slot, image)
        const text = read(target) ?? ''
        expect(targetNames(text)).toEqual(modelNames(model))
        for (const member of model.members) {
          expect(`${text}${all}`, 'unknown members are preserved or reported').toContain(
            String(member),
          )
          if (!text.includes(String(member))) model.members.delete(member)
        }
      } else expect(files()).toEqual(before)
      await expectAgreement()
    }

    /** `verify` also fails for images of a cloud that was not queried. */
    async function expectAgreement(): Promise<void> {
      const { changed, next } = plan(model)
      const words = ['--target', target, '--layout', 'stream-metadata']
      const checked = await command('regenerate', snapshot, ...words, '--check')
      if (checked.status === 2 && next.size === 0) return
      expect(checked.status, checked.all).toBe(changed.length > 0 ? 1 : 0)
      const verified = await command('verify', snapshot, ...words)
      const captured = new Set([...model.results.keys()].map(getCloud))
      const foreign = [...model.target.values()]
        .map(({ part }) => getCloud(part))
        .filter((cloud) => !captured.has(cloud))
      expect(verified.status, verified.all).toBe(foreign.length > 0 ? 1 : checked.status)
      for (const cloud of foreign) expect(verified.all).toContain(`${cloud} was not queried`)
    }
  }

  await fc.assert(sequence, PARAMETERS)
}, 3_600_000)

function azureImage({ deprecated, dates }: CloudState, sku: Sku, at: number) {
  const day = dates[sku][at]
  const scheduled = day === undefined ? 'Active' : 'ScheduledForDeprecation'
  return {
    ...{ publisher: 'azureopenshift', offer: 'aro4', sku, hyperVGeneration: 'V2' as const },
    version: `${getOcp(sku)}.94.${STAMPS[at]?.slice(0, 8)}`,
    architecture: sku.endsWith('arm') ? ('Arm64' as const) : ('x64' as const),
    imageState: deprecated[sku].includes(at) ? ('Deprecated' as const) : (scheduled as 'Active'),
    ...(day !== undefined && {
      scheduledDeprecationTime: new Date(FIRST_DAY + day * DAY).toISOString(),
    }),
  }
}

function listImages({ images, deprecated, dates }: CloudState, part: Part): Image[] {
  return images[part].map((at) => ({
    ...{ part, at, isDeprecated: isSku(part) && deprecated[part].includes(at) },
    deprecationDay: (isSku(part) ? dates[part][at] : undefined) ?? 1000,
  }))
}

function isSame(a: ReadonlyMap<Part, readonly Image[]>, b: typeof a): boolean {
  const text = (each: typeof a) => JSON.stringify([...each].sort(([x], [y]) => (x < y ? -1 : 1)))
  return text(a) === text(b)
}

/** A line for several regions has the release instead of the AMI. */
function mentions(line: string, image: Image): boolean {
  return (
    line.includes(getName(image)) ||
    line.includes(`${getOcp(image.part)}.94.${STAMPS[image.at]?.slice(0, 8)}`)
  )
}

const modelNames = ({ target }: Model) => [...target.values()].map(getName).sort()

function targetNames(text = '{}'): string[] {
  const names: string[] = []
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { publisher, offer, sku, version, image, project, name } = value as Record<string, string>
    if (project !== undefined) names.push(`projects/${project}/global/images/${name}`)
    else if (sku !== undefined) names.push(`${publisher}:${offer}:${sku}:${version}`)
    else if (typeof image === 'string') names.push(image)
    else for (const each of Object.values(value)) look(each)
  }
  look(JSON.parse(text))
  return names.sort()
}
