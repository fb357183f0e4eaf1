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
import { at, findTargets, type Pool, poolMembers, type Target } from './targets.ts'
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
    ...findTargets(yaml.values() as JsonValue[], file, (document) => yaml.placeOf(document)),
  }
}

/** A target with the slot of its image. */
interface Placed extends Target {
  readonly slot: Slot
}

export function mergeImages(
  { yaml, targets: found }: ReturnType<typeof openMergeFile>,
  options: ImageOptions,
  find: (slot: Slot, target: Target) => FoundImage,
) {
  const { file } = yaml
  const { pool, replace = false } = options
  for (const target of found) refuseConflict(target, 'cloud', options.cloud)
  const all = found.map((target): Placed => ({ ...target, slot: slotFor(target, options) }))
  const targets = selectTargets(all, pool, file)
  const images = new Map<string, FoundImage>()
  for (const target of targets) {
    refuseConflict(target, 'architecture', options.arch)
    refuseConflict(target, 'region', options.region)
    const image = find(target.slot, target)
    images.set(image.urn, image)
    replaceOthers(yaml, target, replace)
    put(yaml, target, image, replace)
  }
  const skipped = pool === undefined ? all.filter((each) => !targets.includes(each)) : []
  const isBare = targets.some((each) => each.format === 'installConfig' && !each.architecture)
  return {
    text: yaml.print(),
    replaced: yaml.replaced,
    images: [...images.values()],
    warnings: [
      ...targets
        .filter((each) => isPaid(each.slot.plan) && !isCompute(each))
        .map((each) => `${each.file}: ${each.name}: ${controlPlaneCost(each.slot.plan)}`),
      ...skipped
        .filter(({ format }) => format === 'machineSet')
        .map(
          ({ file, name, slot, pool }) =>
            `${file}: ${name}: unchanged, as ${slot.plan} is a purchase plan; --pool ${pool} sets its image`,
        ),
      ...(isBare ? architectureHints(options.arch).map((hint) => `${file}: ${hint}`) : []),
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

/**
 * The targets of the pool; without one, a paid image is for compute machines and a free one for all.
 *
 * @throws InputError without such machines
 */
function selectTargets(all: readonly Placed[], pool: Pool | undefined, file: string): Placed[] {
  const isDefault = (target: Target) => target.pool === 'defaultMachinePlatform'
  const pools = all.filter((target) => target.format === 'installConfig' && !isDefault(target))
  const isMixed = new Set(pools.map(({ slot }) => slot.architecture)).size > 1
  if (pool === 'defaultMachinePlatform' && isMixed) {
    throw new InputError(
      `${file}: the pools have different architectures, so one image cannot be the default`,
      'Remove --pool, or use --pool controlPlane or --pool compute.',
    )
  }
  const isShared = all.some((each) => isDefault(each) && !isPaid(each.slot.plan)) && !isMixed
  const targets = all.filter((target) => {
    if (pool !== undefined) return isOfPool(target, pool)
    if (isPaid(target.slot.plan)) return isCompute(target)
    return target.format === 'machineSet' || isDefault(target) === isShared
  })
  const [first] = all
  if (targets.length > 0 || first === undefined) return targets
  throw pool === undefined
    ? new InputError(
        `${first.file}: ${first.name}: ${controlPlaneCost(first.slot.plan)}`,
        `Use --pool ${first.pool} to accept the cost.`,
      )
    : new InputError(`${file}: no ${pool} machines`, 'Remove --pool, or use another.')
}

function isCompute({ pool }: Target): boolean {
  return pool === 'compute' || pool === 'worker' || pool === 'edge'
}

function isOfPool(target: Target, pool: Pool): boolean {
  if (pool === 'compute') return isCompute(target)
  return target.pool === pool || (target.pool === 'compute' && pool === 'worker')
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
  const { document, path, format, value, isMissing } = target
  const members = FACTS[slot.cloud].uses[format](entry, slot.plan)
  const { disks, ...rest } = members
  if (isMissing) yaml.put(document, [], poolMembers(target.pool, slot, members))
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
