import { InputError } from '../../errors.ts'
import type { Members, Uses } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { isList, isRecord, type JsonRecord, type JsonValue, jsonPath } from '../json/document.ts'
import {
  ARCHITECTURES,
  type Architecture,
  CLOUDS,
  type CloudName,
  kubernetesName,
  toArchitecture,
} from '../snapshot/snapshot.ts'
import { expandList, listKinds } from './source.ts'
import type { YamlPath } from './yaml.ts'

export const POOLS = [
  'defaultMachinePlatform',
  'controlPlane',
  'compute',
  'worker',
  'edge',
] as const
export type Pool = (typeof POOLS)[number]

export const IMAGE_FORMATS = [
  ...['urn', 'json', 'id', 'install-config', 'machineset'],
  ...['nodepool', 'machinepool'],
] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

/** A place in a file where an image can be merged, and its machines. */
export interface Target {
  /** The file, and its document if the file has several. */
  readonly file: string
  readonly name: string
  readonly pool: Pool
  readonly document: number
  /** The place of the members of `Uses.installConfig` or `Uses.machineSet`. */
  readonly path: YamlPath
  readonly format: 'installConfig' | 'machineSet'
  readonly cloud: CloudName | undefined
  readonly architecture: Architecture | undefined
  readonly region: string | undefined
  readonly value: JsonRecord
  /** Other members that select an image, and are set. */
  readonly others: readonly YamlPath[]
  /** For a missing pool: the members of the document that create the pool. */
  readonly create?: (members: Members, architecture: Architecture) => Members
}

/** @throws InputError for a file without targets */
export function findTargets(
  documents: readonly JsonValue[],
  file: string,
  getPlace: (document: number) => string,
) {
  const configs = documents.flatMap((value, document) =>
    isInstallConfig(value) ? [{ value, document }] : [],
  )
  const [config] = configs
  if (config && configs.length > 1) {
    throw new InputError(
      `${file}: expected one install-config, found ${configs.length}`,
      'Move each one to a separate file.',
    )
  }
  const targets = [
    ...(config ? findPools(config.value, config.document, getPlace(config.document)) : []),
    ...documents.flatMap((value, document) =>
      expandList(value).flatMap((object, item) =>
        machineSet(object, document, object === value ? [] : ['items', item], getPlace(document)),
      ),
    ),
  ]
  if (targets.length === 0) {
    const objects = documents.flatMap(expandList)
    throw new InputError(
      `${file}: expected an install-config, MachineSet or ControlPlaneMachineSet, found ${listKinds(objects)}`,
      objects
        .map(record)
        .map(kindRemedy)
        .find((each) => each !== undefined),
    )
  }
  const { osImageStream } = config?.value ?? {}
  return { targets, osImageStream: text(osImageStream) }
}

const FORMATS = ['NodePool', 'MachinePool']

function kindRemedy({ kind, spec }: JsonRecord): string | undefined {
  const name = text(kind) ?? ''
  const architecture = toArchitecture(text(record(spec).arch) ?? '')
  if (FORMATS.includes(name)) {
    const arch = architecture === undefined ? '' : ` --arch ${kubernetesName(architecture)}`
    return `Use -o ${name.toLowerCase()}${arch} instead of --merge, and paste the image.`
  }
  const meant = Object.keys(TEMPLATES).find((each) => each.toLowerCase() === name.toLowerCase())
  return meant === undefined || meant === name ? undefined : `Write kind: ${meant}.`
}

/** A file without a platform is an install-config, too, so that the error names what is missing. */
const INSTALL_CONFIG = ['platform', 'controlPlane', 'compute', 'baseDomain', 'osImageStream']

function isInstallConfig(value: JsonValue): value is JsonRecord {
  return isRecord(value) && value.kind === undefined && INSTALL_CONFIG.some((name) => name in value)
}

/** Platforms without marketplace images. Other text may be a secret. */
const PLATFORMS = [
  ...['baremetal', 'external', 'ibmcloud', 'none', 'nutanix', 'openstack', 'powervc', 'powervs'],
  ...['ovirt', 'vsphere'],
]

/** Regions, which errors print. Other text may be a secret, and locations of Azure are any word. */
const REGIONS: Readonly<Partial<Record<CloudName, RegExp>>> = {
  aws: /^(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov|-iso[a-z]?)?-(central|(north|south)?(east|west)?)-[0-9]{1,2}$/,
  gcp: /^(africa|asia|australia|europe|me|(north|south)america|us)-(central|(north|south)?(east|west)?)[0-9]{1,2}$/,
}

export function isRegion(cloud: CloudName | undefined, text: string): boolean {
  return cloud !== undefined && REGIONS[cloud]?.test(text) === true
}

function findPools(config: JsonRecord, document: number, file: string): Target[] {
  const platform = record(config.platform)
  const clouds = Object.keys(platform)
  const cloud = CLOUDS.find((each) => clouds.includes(each))
  if (cloud === undefined) {
    const found = clouds.map((name) => (PLATFORMS.includes(name) ? name : 'an unknown platform'))
    const meant = CLOUDS.find((each) => clouds.some((name) => name.toLowerCase() === each))
    throw new InputError(
      `${file}: .platform: expected ${CLOUDS.join(', ')}, found ${[...new Set(found)].join(', ') || 'no platform'}`,
      meant && `Write ${meant} in lower case.`,
    )
  }
  const own = record(platform[cloud])
  const region = text(own.region)
  const defaults = record(own.defaultMachinePlatform)
  const target = (pool: Pool, path: YamlPath, value: JsonRecord): Target => {
    const ofCloud = record(record(value.platform)[cloud])
    const place = `${file}: ${jsonPath([...path, 'architecture'])}`
    const type = machineArchitecture(FACTS[cloud].uses, ofCloud.type ?? defaults.type)
    return {
      ...{ file, name: jsonPath(path), pool, document, format: 'installConfig', cloud, region },
      ...{ path: [...path, 'platform', cloud], value: ofCloud, others: [] },
      architecture: findArchitecture(place, value.architecture, type),
    }
  }
  const machines = (name: string, platform: Members, architecture: Architecture): Members => ({
    name,
    ...(architecture === 'aarch64' && { architecture: kubernetesName(architecture) }),
    platform: { [cloud]: platform },
  })
  const { controlPlane } = config
  const compute = isList(config.compute) ? config.compute : []
  const master: Target = target('controlPlane', ['controlPlane'], record(controlPlane))
  const workers: Target[] = compute.map((pool, position) =>
    target(record(pool).name === 'edge' ? 'edge' : 'worker', ['compute', position], record(pool)),
  )
  const missing: Target = {
    ...target('worker', ['compute', 0], {}),
    create: (...members) => ({ compute: [machines('worker', ...members)] }),
  }
  const pools: Target[] = [
    isRecord(controlPlane)
      ? master
      : { ...master, create: (...members) => ({ controlPlane: machines('master', ...members) }) },
    ...(compute.length > 0 ? workers : [missing]),
  ]
  const path = ['platform', cloud, 'defaultMachinePlatform']
  const others = (FACTS[cloud].uses.others?.platform ?? []).filter((each) => isSet(at(own, each)))
  const whole: Target = {
    ...{ file, name: jsonPath(path), pool: 'defaultMachinePlatform', document, cloud, region },
    ...{ format: 'installConfig', path, value: defaults },
    architecture: pools.find((pool) => pool.architecture !== undefined)?.architecture,
    others: others.map((each) => ['platform', cloud, ...each]),
  }
  return [whole, ...pools]
}

const TEMPLATES: Readonly<Record<string, { readonly pool: Pool; readonly path: YamlPath }>> = {
  MachineSet: { pool: 'compute', path: ['spec', 'template'] },
  ControlPlaneMachineSet: {
    pool: 'controlPlane',
    path: ['spec', 'template', 'machines_v1beta1_machine_openshift_io'],
  },
}
const PROVIDER_SPEC = ['spec', 'providerSpec', 'value']

/** The path of the members of `Uses.machineSet` in a MachineSet. */
export const MACHINE_SET_PATH: YamlPath = [...(TEMPLATES.MachineSet?.path ?? []), ...PROVIDER_SPEC]

function machineSet(object: JsonValue, document: number, place: YamlPath, file: string): Target[] {
  const { kind, apiVersion, metadata } = record(object)
  const template = TEMPLATES[text(kind) ?? '']
  const group = text(apiVersion) ?? MACHINE_API
  if (template === undefined || !group.startsWith(MACHINE_API)) return []
  const path = [...place, ...template.path, ...PROVIDER_SPEC]
  const value = at(object, [...template.path, ...PROVIDER_SPEC])
  const where = `${file}: ${jsonPath(path)}`
  if (!isRecord(value)) throw new InputError(`${where}: expected a provider spec`)
  const cloud = CLOUDS.find((each) => isOfCloud(value, FACTS[each].uses))
  const provider = text(value.kind)
  if (cloud === undefined && provider !== undefined) {
    const kinds = CLOUDS.map((each) => FACTS[each].uses.providerKind).join(', ')
    throw new InputError(`${where}.kind: expected one of ${kinds}, found ${listKinds([value])}`)
  }
  const uses = cloud && FACTS[cloud].uses
  const name = place.length > 0 ? jsonPath(place) : String(kind)
  return [
    {
      ...{ file, name, pool: template.pool, document, path, format: 'machineSet', cloud, value },
      architecture: findArchitecture(
        `${file}: ${name}: kubernetes.io/arch in ${LABELS}`,
        architectureLabel(record(metadata).annotations),
        uses && machineArchitecture(uses, at(value, uses.machineTypePath)),
      ),
      region: uses && text(at(value, uses.regionPath)),
      others: (cloud ? [cloud] : CLOUDS)
        .flatMap((each) => FACTS[each].uses.others?.machineSet ?? [])
        .filter((each) => isSet(at(value, each)))
        .map((each) => [...path, ...each]),
    },
  ]
}

const MACHINE_API = 'machine.openshift.io'

/** By its kind. Fragments without a kind are recognized by their machine type or region. */
function isOfCloud(spec: JsonRecord, { providerKind, machineTypePath, regionPath }: Uses): boolean {
  return spec.kind === undefined
    ? (at(spec, machineTypePath) ?? at(spec, regionPath)) !== undefined
    : spec.kind === providerKind
}

const LABELS = 'capacity.cluster-autoscaler.kubernetes.io/labels'

/** From the node labels for the autoscaler: `kubernetes.io/arch=arm64`. */
function architectureLabel(annotations: JsonValue | undefined): string | undefined {
  const labels = text(record(annotations)[LABELS])
  return /(?:^|,)\s*kubernetes\.io\/arch=([^,]*)/.exec(labels ?? '')?.[1]?.trim()
}

/** @throws InputError for an unknown architecture, or one that the machine type does not have */
function findArchitecture(
  place: string,
  named: JsonValue | undefined,
  ofMachineType: Architecture | undefined,
): Architecture | undefined {
  if (!isSet(named)) return ofMachineType
  const architecture = toArchitecture(String(named))
  if (architecture === undefined) {
    const names = ARCHITECTURES.map(kubernetesName).sort().join(', ')
    throw new InputError(`${place}: expected one of ${names}`)
  }
  if (ofMachineType !== undefined && ofMachineType !== architecture) {
    throw new InputError(
      `${place} differs from the architecture of the machine type`,
      'Correct one of them.',
    )
  }
  return architecture
}

function machineArchitecture(uses: Uses, type: JsonValue | undefined): Architecture | undefined {
  const name = text(type)
  if (name === undefined) return undefined
  return uses.armMachineType.test(name) ? 'aarch64' : 'x86_64'
}

export function at(value: JsonValue, path: YamlPath): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (sum, key) => (isRecord(sum) ? sum[key] : isList(sum) ? sum[Number(key)] : undefined),
    value,
  )
}

function record(value: JsonValue | undefined): JsonRecord {
  return isRecord(value) ? value : {}
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isSet(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && JSON.stringify(value).length > 2
}
