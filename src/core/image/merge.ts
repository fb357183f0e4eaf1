import { InputError } from '../../errors.ts'
import { isPaid, type Members, type Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { isList, isRecord, type JsonValue, jsonPath } from '../json/document.ts'
import {
  type Architecture,
  type CloudName,
  DEFAULT_CLOUD,
  kubernetesName,
} from '../snapshot/snapshot.ts'
import type { FoundImage } from './find.ts'
import { at, findTargets, POOLS, type Pool, type Target } from './targets.ts'
import { parseYaml, type YamlFile, type YamlPath } from './yaml.ts'

export interface ImageOptions {
  readonly cloud?: CloudName | undefined
  readonly plan?: string | undefined
  readonly arch?: Architecture | undefined
  readonly generation?: 1 | 2 | undefined
  readonly region?: string | undefined
  readonly pool?: Pool | undefined
  readonly replace?: boolean | undefined
}

export type Merged = ReturnType<typeof mergeImages>

export function openMergeFile(text: string, file: string) {
  const yaml = parseYaml(text, file)
  return {
    yaml,
    ...findTargets(yaml.values() as JsonValue[], file, (document) => yaml.getPlace(document)),
  }
}

export function mergeImages(
  { yaml, targets: all }: ReturnType<typeof openMergeFile>,
  options: ImageOptions,
  find: (slot: Slot, target: Target) => FoundImage,
) {
  const { file } = yaml
  const planFor = (target: Target) => slotFor(target, options).plan
  for (const target of all) refuseConflict(target, 'cloud', options.cloud)
  const isMixed = hasMixedPools(all, options)
  const targets = selectTargets(all, options.pool, isMixed, (target) => isPaid(planFor(target)))
  if (targets.length === 0) throw noTarget(file, all, options, planFor)
  if (options.pool === 'defaultMachinePlatform' && isMixed) {
    throw new InputError(
      `${file}: the pools have different architectures, so one image cannot be the default`,
      'Remove --pool, or use --pool controlPlane or --pool compute.',
    )
  }
  const images = new Map<string, FoundImage>()
  for (const target of targets) {
    refuseConflict(target, 'architecture', options.arch)
    refuseConflict(target, 'region', options.region)
    const found = find(slotFor(target, options), target)
    images.set(found.urn, found)
    replaceOthers(yaml, target, options.replace === true)
    put(yaml, target, found, options.replace === true)
  }
  const isSkipped = (target: Target) =>
    options.pool === undefined && target.format === 'machineSet' && !targets.includes(target)
  const paid = targets.filter((target) => isPaid(planFor(target)) && !isCompute(target))
  return {
    text: yaml.print(),
    replaced: yaml.replaced,
    images: [...images.values()],
    warnings: [
      ...paid.map(
        (target) => `${target.file}: ${target.name}: ${controlPlaneCost(planFor(target))}`,
      ),
      ...all
        .filter(isSkipped)
        .map(
          (target) =>
            `${target.file}: ${target.name}: unchanged, as ${planFor(target)} is a purchase plan; --pool ${target.pool} sets its image`,
        ),
      ...(targets.some((target) => target.format === 'installConfig' && !target.architecture)
        ? architectureHints(options.arch).map((hint) => `${file}: ${hint}`)
        : []),
      ...overridden(targets, all).map(
        ({ name, pool }) =>
          `${file}: ${name} has its own image, which is unchanged; --pool ${pool} replaces it`,
      ),
    ],
  }
}

export function controlPlaneCost(plan: string): string {
  return `${plan} is a purchase plan, and its cost for control plane machines cannot be reversed`
}

/** For an install-config with pools that do not name this architecture. */
export function architectureHints(architecture: Architecture = 'x86_64'): string[] {
  if (architecture === 'x86_64') return []
  return [`set architecture: ${kubernetesName(architecture)} in each pool; the default is amd64`]
}

export function slotFor(
  facts: Partial<Pick<Target, 'cloud' | 'architecture' | 'region'>>,
  options: ImageOptions,
): Slot {
  const { cloud = options.cloud ?? DEFAULT_CLOUD, region = options.region } = facts
  const { facets, defaultPlan, title } = FACTS[cloud]
  for (const facet of ['generation', 'region'] as const) {
    const isFact = facet === 'region' && facts.region !== undefined
    if (options[facet] === undefined || isFact || facets.includes(facet)) continue
    throw new InputError(`--${facet}: not used for images of ${title}`, `Remove --${facet}.`)
  }
  return {
    cloud,
    plan: options.plan ?? defaultPlan,
    architecture: facts.architecture ?? options.arch ?? 'x86_64',
    ...(facets.includes('generation') && { generation: options.generation ?? 2 }),
    ...(facets.includes('region') && region !== undefined && { region }),
  }
}

/** The targets of the pool; without one, a paid image is for compute machines and a free one for all. */
function selectTargets(
  all: readonly Target[],
  pool: Pool | undefined,
  isMixed: boolean,
  isPaidFor: (target: Target) => boolean,
): Target[] {
  if (pool !== undefined) return all.filter((target) => isOfPool(target, pool))
  const isDefault = ({ pool }: Target) => pool === 'defaultMachinePlatform'
  const whole = all.find(isDefault)
  const isShared = whole !== undefined && !isPaidFor(whole) && !isMixed
  return all.filter((target) => {
    if (isPaidFor(target)) return isCompute(target)
    if (target.format === 'machineSet') return true
    return isDefault(target) === isShared
  })
}

function isCompute({ pool }: Target): boolean {
  return pool === 'compute' || pool === 'worker' || pool === 'edge'
}

function isOfPool(target: Target, pool: Pool): boolean {
  if (pool === 'compute') return isCompute(target)
  return target.pool === pool || (target.pool === 'compute' && pool === 'worker')
}

/** Pools that the file does not have count, as the installer adds them. */
function hasMixedPools(targets: readonly Target[], options: ImageOptions): boolean {
  const pools = targets.filter(
    ({ format, pool }) => format === 'installConfig' && pool !== 'defaultMachinePlatform',
  )
  return new Set(pools.map((target) => slotFor(target, options).architecture)).size > 1
}

/** Pools with their own image, if only the default of all machines is replaced. */
function overridden(targets: readonly Target[], all: readonly Target[]): Target[] {
  if (!targets.some(({ pool }) => pool === 'defaultMachinePlatform')) return []
  return all.filter(
    (target) =>
      target.pool !== 'defaultMachinePlatform' &&
      target.format === 'installConfig' &&
      ('osImage' in target.value || 'amiID' in target.value),
  )
}

const OPTIONS = { cloud: '--cloud', architecture: '--arch', region: '--region' } as const

/** @throws InputError without the value of the file, which may be a secret */
function refuseConflict(target: Target, fact: keyof typeof OPTIONS, option?: string): void {
  const value = target[fact]
  if (option === undefined || value === undefined || value === option) return
  throw new InputError(
    `${target.file}: ${target.name}: ${fact} differs from ${OPTIONS[fact]} ${option}`,
    `Remove ${OPTIONS[fact]}.`,
  )
}

function replaceOthers(yaml: YamlFile, target: Target, replace: boolean): void {
  const { document, others } = target
  for (const path of others) {
    if (!replace) throw otherImage(target, path)
    // `put` sets it to an empty string.
    if (path.at(-1) !== 'resourceID') yaml.remove(document, path)
  }
}

function otherImage({ file }: Target, path: YamlPath): InputError {
  return new InputError(
    `${file}: ${jsonPath(path)}: selects another image`,
    'Use --replace to replace it.',
  )
}

function put(yaml: YamlFile, target: Target, { slot, entry }: FoundImage, replace: boolean): void {
  const { document, path, format, value, create } = target
  const members = FACTS[slot.cloud].uses[format](entry, slot.plan)
  const { disks, ...rest } = members
  if (create) yaml.put(document, [], create(members, slot.architecture))
  else if (disks === undefined) yaml.put(document, path, rest)
  else {
    const disk = bootDisk(target)
    const image = at(value, [...disk.slice(path.length), 'image']) || undefined
    // An image of another project is not a marketplace image.
    const isOther = image !== undefined && !String(image).includes(`projects/${entry.project}/`)
    if (isOther && !replace) throw otherImage(target, [...disk, 'image'])
    yaml.put(document, disk, disks as Members)
  }
}

function bootDisk({ file, path, value }: Target): YamlPath {
  const disks = at(value, ['disks'])
  if (!isList(disks) || disks.length === 0) {
    throw new InputError(`${file}: ${jsonPath([...path, 'disks'])}: expected a list of disks`)
  }
  const boot = disks.findIndex((disk) => isRecord(disk) && disk.boot === true)
  return [...path, 'disks', Math.max(0, boot)]
}

function noTarget(
  file: string,
  all: readonly Target[],
  options: ImageOptions,
  planFor: (target: Target) => string,
): InputError {
  if (options.pool !== undefined) {
    const pools = POOLS.filter((pool) => all.some((target) => isOfPool(target, pool))).join(', ')
    return new InputError(
      `${file}: no ${options.pool} machines`,
      `Use --pool with one of: ${pools}.`,
    )
  }
  const [target] = all as readonly [Target]
  const free = FACTS[slotFor(target, options).cloud].defaultPlan
  const orFree = isPaid(free) ? '' : `, or --plan ${free}`
  return new InputError(
    `${target.file}: ${target.name}: ${controlPlaneCost(planFor(target))}`,
    `Use --pool ${target.pool} to accept the cost${orFree}.`,
  )
}
