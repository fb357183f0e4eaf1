import { stringify } from 'yaml'
import { isPaid, type Members, printSlot, type Slot } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
import { BUILT_IN } from '../core/criteria/criteria.ts'
import { hasOcpVersion } from '../core/criteria/ocp-version.ts'
import { groupAlike } from '../core/group.ts'
import { majorIn } from '../core/image/choose.ts'
import { type FoundImage, findGrade, gen1Sku } from '../core/image/find.ts'
import { architectureHints, controlPlaneCost, type Merged } from '../core/image/merge.ts'
import { type ImageSource, rhelMajor, type SourceStream } from '../core/image/source.ts'
import {
  type ImageFormat,
  isRegion,
  MACHINE_SET_PATH,
  type Pool,
  type Target,
} from '../core/image/targets.ts'
import type { Replacement, YamlPath } from '../core/image/yaml.ts'
import { PLANS } from '../core/selection/selections.ts'
import {
  capturedClouds,
  cloudParts,
  kubernetesName,
  type SnapshotContent,
} from '../core/snapshot/snapshot.ts'
import type { SlotImage } from '../core/stream/marketplace.ts'
import { readRelease } from '../core/versions/version.ts'
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
  'install-config': printInstallConfig,
  machineset: ({ slot, entry }) => {
    const { disks, ...members } = FACTS[slot.cloud].uses.machineSet(entry, slot.plan)
    const value = disks === undefined ? members : { disks: [{ boot: true, ...(disks as Members) }] }
    return fragment(MACHINE_SET_PATH, value)
  },
  nodepool: ({ slot, entry }) => {
    const members = FACTS[slot.cloud].uses.nodePool?.(entry, slot.generation ?? 2)
    if (members === undefined) throw unsupported('nodepool', slot)
    return fragment(['spec'], {
      ...architectureMember('arch', slot),
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

function printInstallConfig({ slot, entry }: FoundImage, { pool }: PrintOptions): string {
  const { cloud, plan } = slot
  const members = FACTS[cloud].uses.installConfig(entry, plan)
  const where = pool ?? defaultPool(slot)
  if (where === 'defaultMachinePlatform') return fragment(['platform', cloud, where], members)
  const machines = (name: string) => ({
    name,
    ...architectureMember('architecture', slot),
    platform: { [cloud]: members },
  })
  if (where === 'controlPlane') return fragment([where], machines('master'))
  return fragment([], { compute: [machines(where === 'edge' ? 'edge' : 'worker')] })
}

/** Machines are amd64 by default. */
function architectureMember(name: string, { architecture }: Slot): Members {
  return architecture === 'x86_64' ? {} : { [name]: kubernetesName(architecture) }
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
      ? [`${urn}: ${grade}, ${older} than the build of the stream (${release})`]
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
  const other = file === '-' ? 'printed' : 'printed; use --in-place to write it'
  const changed = isWritten ? 'updated' : other
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

type Facts = { readonly [Name in keyof Slot]?: Slot[Name] | undefined }

/** A place in a manifest. Its facts cannot be selected by options. */
type PlacedTarget = Target & { readonly osImageStream?: string | undefined }

/** An error with a table of the images that the stream has. */
export function missingImage(
  source: ImageSource,
  { name, images }: SourceStream,
  slot: Slot,
  target?: PlacedTarget,
): CheckFailure {
  const { file, kind, streams, remedy, snapshot } = source
  const where = streams.length > 1 ? `${file}: stream ${name}` : file
  const isShown = !target || slot.region === undefined || isRegion(slot.cloud, slot.region)
  if (snapshot && !isQueried(snapshot, slot)) {
    const { cloud, region } = slot
    const isCloud = region === undefined || !capturedClouds(snapshot).includes(cloud)
    const [part, option] = isCloud
      ? ['', '']
      : isShown
        ? [` ${region}`, ` --regions ${region}`]
        : [' in the region of the manifest', ' --regions REGION']
    return new CheckFailure(
      `${file}: ${cloud}${part} was not queried`,
      file === 'stdin'
        ? 'Use a snapshot for which it was queried.'
        : `Query ${cloud}${part}: stream-snapshot capture ${file} --cloud ${cloud}${option}`,
    )
  }
  if (images.length === 0) {
    const others = streams.filter((stream) => stream.images.length > 0).map(({ name }) => name)
    return new CheckFailure(
      `${where}: no marketplace images`,
      others.length === 0
        ? (remedy ?? noImagesRemedy(source))
        : target?.osImageStream === undefined
          ? `Use --stream-name with one of: ${others.join(', ')}.`
          : `Use a source with images of ${name}.`,
    )
  }
  const ofCloud = images.filter((each) => each.slot.cloud === slot.cloud)
  const shown = ofCloud.length > 0 ? ofCloud : images
  const place = target ? ` (${target.file}: ${target.name})` : ''
  const printed = `${printSlot(isShown ? slot : { ...slot, region: 'of this region' })}${place}`
  const ofPlan = shown.filter((each) => each.slot.plan === slot.plan)
  const hasRegions = slot.region === undefined && ofPlan.some((each) => each.slot.region)
  return new CheckFailure(
    hasRegions
      ? `${where}: ${slot.cloud} has an image for each region:`
      : `${where}: no image for ${printed}; available images:`,
    kind === 'configmap' && slot.cloud !== 'azure'
      ? 'Use a stream or a snapshot, as a ConfigMap only has marketplace images of Azure.'
      : remedyFor(slot, shown, target),
    { lines: imageTable(shown) },
  )
}

function isQueried(snapshot: SnapshotContent, { cloud, region }: Slot): boolean {
  const parts = capturedClouds(snapshot).includes(cloud) ? cloudParts(snapshot, cloud) : []
  return parts.length > 0 && (region === undefined || parts.includes(region))
}

function noImagesRemedy({ kind, file, streams, ocp }: ImageSource): string {
  const releases = streams.flatMap((stream) => [...stream.releases.values()])
  const isSupported = hasOcpVersion(releases, BUILT_IN.rhel)
  if (kind !== 'stream' || file === 'stdin' || !isSupported) {
    return 'Use a marketplace file, or a snapshot.'
  }
  const isKnown = ocp ?? releases.some((release) => readRelease(release)?.ocp)
  const option = isKnown ? '' : ' --ocp X.Y'
  return `With cloud credentials, run stream-snapshot capture snapshot.json --stream ${file}${option}, then stream-snapshot image snapshot.json.`
}

const OPTIONS = [
  ...([
    ['cloud', '--cloud'],
    ['plan', '--plan'],
    ['architecture', '--arch'],
  ] as const),
  ...([
    ['generation', '--generation'],
    ['region', '--region'],
  ] as const),
]

function remedyFor(slot: Slot, images: readonly SlotImage[], facts: Facts = {}): string {
  const plans = [...new Set(images.map((each) => each.slot.plan))]
  const plan = PLANS.includes(slot.plan) ? undefined : nearest(slot.plan, plans)
  if (plan !== undefined && /^[\w./-]+$/.test(plan)) return `Use --plan ${plan}.`
  const rest = (other: Slot) =>
    printSlot({ ...other, region: '' }) === printSlot({ ...slot, region: '' })
  const regions = images.flatMap((each) => (rest(each.slot) ? (each.slot.region ?? []) : []))
  if (regions.length > 0) {
    return facts.region === undefined
      ? `Use --region with one of: ${regions.join(', ')}.`
      : 'Use a source with an image of this region.'
  }
  const gen2 = printSlot({ ...slot, generation: 2 })
  const sku = images.find((each) => printSlot(each.slot) === gen2)?.entry.sku
  if (slot.generation === 1 && gen1Sku(sku ?? '') !== undefined) {
    return 'Use --gen1 instead of --generation to derive the Gen1 image from the Gen2 image.'
  }
  const isFixed = (name: keyof Slot) => facts[name] !== undefined
  const usable = images.filter((each) =>
    OPTIONS.every(([name]) => !isFixed(name) || each.slot[name] === slot[name]),
  )
  const isRegional = usable.some((each) => each.slot.region !== undefined)
  const without = slot.region === undefined || isRegional ? '' : ', without --region'
  // Each cloud has its own default plan.
  const isOtherCloud = usable.every((each) => each.slot.cloud !== slot.cloud)
  const options = OPTIONS.slice(0, isOtherCloud ? 1 : undefined).filter(
    ([name]) =>
      !isFixed(name) &&
      (name !== 'region' || isRegional) &&
      usable.some((each) => each.slot[name] !== slot[name]),
  )
  const [first, ...others] = options
  if (first === undefined) return 'Use a source that has such an image.'
  const values = [...new Set(usable.map((each) => each.slot[first[0]]))]
  if (others.length === 0 && values.length === 1) return `Use ${first[1]} ${values[0]}${without}.`
  return `Select one with ${listed(options.map(([, option]) => option))}${without}.`
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
