import { stringify } from 'yaml'
import { isPaid, type Members, printSlot, type Slot } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
import { groupAlike } from '../core/group.ts'
import { majorIn } from '../core/image/choose.ts'
import { type FoundImage, findGrade, gen1Sku } from '../core/image/find.ts'
import { architectureHints, controlPlaneCost, type Merged } from '../core/image/merge.ts'
import { type ImageSource, rhelMajor, type SourceStream } from '../core/image/source.ts'
import {
  type ImageFormat,
  MACHINE_SET_PATH,
  type Pool,
  poolMembers,
  type Target,
} from '../core/image/targets.ts'
import type { Replacement, YamlPath } from '../core/image/yaml.ts'
import { PLANS } from '../core/selection/selections.ts'
import { kubernetesName } from '../core/snapshot/snapshot.ts'
import type { SlotImage } from '../core/stream/marketplace.ts'
import { nearest } from '../core/workspace/nearest.ts'
import { CheckFailure, InputError } from '../errors.ts'
import { counted, listed } from '../printable.ts'
import { alignColumns } from './table.ts'

interface PrintOptions {
  readonly output?: ImageFormat | undefined
  /** On Azure, the location in an id. */
  readonly region?: string | undefined
  /** Default: compute machines for a paid image, else all machines. */
  readonly pool?: Pool | undefined
}

const FORMATS = {
  urn: ({ urn }) => urn,
  json: ({ slot, entry, urn }) => JSON.stringify({ ...slot, ...entry, urn }, undefined, 2),
  id: ({ slot, entry }, { region = 'eastus' }) => FACTS[slot.cloud].imageId(entry, region),
  'install-config': ({ slot, entry }, { pool = defaultPool(slot) }) => {
    const members = FACTS[slot.cloud].uses.installConfig(entry, slot.plan)
    return fragment([], poolMembers(pool, slot, members))
  },
  machineset: ({ slot, entry }) => {
    const { disks, ...members } = FACTS[slot.cloud].uses.machineSet(entry, slot.plan)
    const value = disks === undefined ? members : { disks: [{ boot: true, ...(disks as Members) }] }
    return fragment(MACHINE_SET_PATH, value)
  },
  nodepool: ({ slot, entry }) => {
    const members = FACTS[slot.cloud].uses.nodePool?.(entry, slot.generation ?? 2)
    if (members === undefined) throw unsupported('nodepool', slot)
    return fragment(['spec'], {
      ...(slot.architecture !== 'x86_64' && { arch: kubernetesName(slot.architecture) }),
      platform: { [slot.cloud]: members },
    })
  },
  machinepool: ({ slot, entry }) => {
    const members = FACTS[slot.cloud].uses.machinePool?.(entry, slot.plan)
    if (members === undefined) throw unsupported('machinepool', slot)
    return fragment(['spec', 'platform', slot.cloud], members)
  },
} as const satisfies Record<ImageFormat, (found: FoundImage, options: PrintOptions) => string>

export function printImage(found: FoundImage, options: PrintOptions): string {
  return FORMATS[options.output ?? 'urn'](found, options)
}

export function imageWarnings({ slot }: FoundImage, { output, pool }: PrintOptions): string[] {
  const where = pool ?? defaultPool(slot)
  const isDefault = where === 'defaultMachinePlatform'
  const isForControlPlane = where === 'controlPlane' || isDefault
  if (output === 'nodepool' && isPaid(slot.plan)) {
    return ['HyperShift sets no purchase plan, so Azure does not start machines with this image']
  }
  if (output !== 'install-config') return []
  return [
    ...(isForControlPlane && isPaid(slot.plan) ? [controlPlaneCost(slot.plan)] : []),
    ...(isDefault ? architectureHints(slot.architecture) : []),
  ]
}

function defaultPool({ plan }: Slot): Pool {
  return isPaid(plan) ? 'compute' : 'defaultMachinePlatform'
}

function unsupported(format: string, { cloud }: Slot): InputError {
  return new InputError(
    `--output ${format}: not supported for marketplace images of ${FACTS[cloud].title}`,
    'Use --output urn.',
  )
}

/** YAML that can be pasted. */
function fragment(path: YamlPath, members: object): string {
  const value = path.reduceRight<object>((sum, name) => ({ [name]: sum }), members)
  return stringify(value, { lineWidth: 0, indentSeq: false }).trimEnd()
}

/** The lag of an image behind its build, and the terms of its purchase plan. */
export function imageNotes(stream: SourceStream, found: FoundImage): string[] {
  const { slot, entry, urn } = found
  const { release, grade, days = 0, ungraded } = findGrade(stream, found)
  const isOfOlderRhel = (rhelMajor(found) ?? Number.NaN) < majorIn(stream.name)
  const unknown = release ? ungraded : 'no build to compare with'
  const older = days > 0 ? `${counted(days, 'day')} older` : 'from an earlier release'
  const terms = FACTS[slot.cloud].uses.terms(entry)
  return [
    ...(grade?.startsWith('older-')
      ? [`${urn}: ${older} than the build of the stream, ${release} (${grade})`]
      : []),
    ...(ungraded === undefined
      ? []
      : [
          isOfOlderRhel
            ? `${urn}: RHEL ${rhelMajor(found)} image for the stream ${stream.name} (older-rhel-major)`
            : `${urn}: lag unknown: ${unknown}`,
        ]),
    ...(isPaid(slot.plan)
      ? [`${slot.plan} is a purchase plan; accept its terms first: ${terms}`]
      : []),
  ]
}

export function mergeLines(file: string, { replaced }: Merged, isWritten: boolean): string[] {
  const changed = isWritten ? 'updated' : 'printed; use --in-place to write it'
  const result = replaced.length === 0 ? 'up to date' : changed
  return [...replaced.map(replacementLine), `${file}: ${result}`]
}

/** `install-config.yaml: .platform.aws.amiID: ami-1 -> ami-2` */
function replacementLine({ file, path, before, after }: Replacement): string {
  const old = before === undefined ? '' : `${SAFE.test(before) ? before || '""' : '…'} -> `
  return `${file}: ${path}: ${after === undefined ? 'removed' : `${old}${after || '""'}`}`
}

/** The name of an image. Other values may be secrets or contain the id of an account. */
const SAFE =
  /^([\w.:-]{0,60}|projects\/(rhcos-cloud|redhat-marketplace-public)\/global\/images\/[\w.-]{1,80})$/

const MAX_ROWS = 24

const OTHER_SOURCE = 'Use a source that has such an image.'

/**
 * An error with a table of the images that the stream has.
 *
 * @param target the place in a manifest, whose facts no option can change
 */
export function missingImage(
  { file, kind, streams, remedy }: ImageSource,
  { name, images }: SourceStream,
  slot: Slot,
  target?: Target,
): CheckFailure {
  const where = streams.length > 1 ? `${file}: stream ${name}` : file
  if (images.length === 0) {
    const others = streams.filter((stream) => stream.images.length > 0).map(({ name }) => name)
    return new CheckFailure(
      `${where}: no marketplace images`,
      others.length > 0
        ? `Use a source with images of ${name}, or select ${listed(others.map(String), 'or')} with --stream-name or osImageStream.`
        : (remedy ?? noImagesRemedy(kind, file)),
    )
  }
  const ofCloud = images.filter((each) => each.slot.cloud === slot.cloud)
  const shown = ofCloud.length > 0 ? ofCloud : images
  // No value of a manifest is printed.
  const isOfFile = target?.region !== undefined && slot.region !== undefined
  const named = isOfFile ? { ...slot, region: 'in its region' } : slot
  const place = target ? ` (${target.file}: ${target.name})` : ''
  return new CheckFailure(
    `${where}: no image for ${printSlot(named)}${place}; available images:`,
    kind === 'configmap' && slot.cloud !== 'azure'
      ? 'Use a stream or a snapshot, as a ConfigMap only has marketplace images of Azure.'
      : remedyFor(slot, shown, target),
    { lines: imageTable(shown) },
  )
}

function noImagesRemedy(kind: ImageSource['kind'], file: string): string {
  if (kind !== 'stream' || file === 'stdin') return 'Use a marketplace file, or a snapshot.'
  return `With cloud credentials, run stream-snapshot capture snapshot.json --stream ${file}, then stream-snapshot image snapshot.json.`
}

const OPTIONS = [
  ['plan', '--plan'],
  ['architecture', '--arch'],
  ['generation', '--generation'],
  ['region', '--region'],
] as const

/** The fewest options that select one of the images, with their values if it is one option. */
function remedyFor(slot: Slot, images: readonly SlotImage[], target: Target | undefined): string {
  const clouds = [...new Set(images.map((each) => each.slot.cloud))]
  if (!clouds.includes(slot.cloud)) {
    const without = slot.region === undefined ? '' : ', without --region'
    return target ? OTHER_SOURCE : `Use --cloud ${clouds.join(' or ')}${without}.`
  }
  const gen2 = printSlot({ ...slot, generation: 2 })
  const sku = images.find((each) => printSlot(each.slot) === gen2)?.entry.sku
  if (slot.generation === 1 && gen1Sku(sku ?? '') !== undefined) {
    return 'Use --gen1 instead of --generation to derive the Gen1 image from the Gen2 image.'
  }
  const isFixed = (name: 'architecture' | 'region') => target?.[name] !== undefined
  const usable = images
    .map((each) => each.slot)
    .filter((each) => !isFixed('architecture') || each.architecture === slot.architecture)
    .filter((each) => !isFixed('region') || each.region === slot.region)
  const isSafe = (value: unknown) => /^[\w./-]+$/.test(String(value))
  const plans = [...new Set(usable.map((each) => each.plan))].filter(isSafe)
  const plan = PLANS.includes(slot.plan) ? undefined : nearest(slot.plan, plans)
  if (plan !== undefined) return `Use --plan ${plan}.`
  const others = usable
    .map((each) => ({ each, options: OPTIONS.filter(([name]) => each[name] !== slot[name]) }))
    .sort((a, b) => a.options.length - b.options.length)
  const [first, ...more] = others[0]?.options ?? []
  if (first === undefined) return OTHER_SOURCE
  const [name, option] = first
  const values = others
    .filter(({ options }) => options.length === 1 && options[0] === first)
    .map(({ each }) => each[name])
  return more.length === 0 && values.every(isSafe)
    ? `Use ${option} ${listed([...new Set(values.map(String))], 'or')}.`
    : `Select one with ${listed([first, ...more].map(([, each]) => each))}.`
}

function imageTable(images: readonly SlotImage[]): string[] {
  const hasGeneration = images.some(({ slot }) => slot.generation !== undefined)
  const cells = groupAlike(images, ({ slot }) => [{ ...slot, region: '' }]).map(
    ({ first: { slot }, all }) => [
      slot.cloud,
      slot.plan,
      slot.architecture,
      ...(hasGeneration ? [slot.generation ? `gen${slot.generation}` : ''] : []),
      [...new Set(all.map((each) => each.slot.region ?? FACTS[slot.cloud].imageName(each.entry)))]
        .slice(0, MAX_ROWS)
        .join(', '),
    ],
  )
  const title = images.every(({ slot }) => slot.region !== undefined) ? 'Regions' : 'Image'
  const header = ['Cloud', 'Plan', 'Architecture', ...(hasGeneration ? ['Generation'] : []), title]
  const more = cells.length > MAX_ROWS ? [`and ${cells.length - MAX_ROWS} more`] : []
  return [...alignColumns([header, ...cells.slice(0, MAX_ROWS)]), ...more]
}
