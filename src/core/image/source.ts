import { InputError } from '../../errors.ts'
import { BUILT_IN } from '../criteria/criteria.ts'
import {
  getMember,
  isList,
  isRecord,
  type JsonRecord,
  type JsonValue,
  toValue,
} from '../json/document.ts'
import { parseDocument } from '../json/parser.ts'
import type { Requirement } from '../selection/select.ts'
import { type Releases, selectImages } from '../selection/selections.ts'
import { readSnapshot } from '../snapshot/read.ts'
import { ARCHITECTURES, buildReleases, type Snapshot } from '../snapshot/snapshot.ts'
import {
  entryVersion,
  imagesIn,
  MarketplaceFile,
  readImageFile,
  type SlotImage,
  toEntry,
} from '../stream/marketplace.ts'
import { getReleases, readStream, type Stream } from '../stream/stream.ts'
import {
  inferRhel,
  type MajorMinor,
  printMajorMinor,
  readMajorMinor,
  readRelease,
  readVersion,
  rhelsForOcp,
} from '../versions/version.ts'

export interface ImageSource {
  readonly kind: 'stream' | 'marketplace' | 'snapshot' | 'configmap'
  readonly file: string
  readonly streams: readonly SourceStream[]
  readonly ocp?: MajorMinor | undefined
  readonly snapshot?: Snapshot
  /** How to get images, for a source without images. */
  readonly remedy?: string | undefined
}

export interface SourceStream {
  readonly name?: string | undefined
  readonly ownName?: string
  /** `file` is set if it differs from that of the source. */
  readonly images: readonly (SlotImage & { readonly file?: string })[]
  readonly releases: Releases
  readonly ocp?: MajorMinor | undefined
}

/** @throws InputError for a file that is not a stream, marketplace file, snapshot or ConfigMap */
export async function readImageSource(text: string, file: string): Promise<ImageSource> {
  if (!/^\s*(\{|$)/.test(text)) {
    const { parseYaml } = await import('./yaml.ts')
    return configMapSource(parseYaml(text, file).values() as JsonValue[], file)
  }
  const { root } = parseDocument(text, file)
  const has = (key: string) => getMember(root, key) !== undefined
  if (has('kind')) return configMapSource([toValue(root)], file)
  if (has('schemaVersion')) return snapshotSource(readSnapshot(text, file), file)
  const images = readImageFile(text, file)
  return images instanceof MarketplaceFile
    ? marketplaceSource(images, file)
    : { kind: 'stream', file, streams: [sourceStream(images)] }
}

/** The stream's name is that of the latest RHEL version: a file for RHEL 10 also has images of RHEL 9. */
function marketplaceSource(marketplace: MarketplaceFile, file: string): ImageSource {
  const images = imagesIn(marketplace)
  const majors = images.flatMap((image) => rhelMajor(image) ?? [])
  const name = majors.length > 0 ? `rhel-${Math.max(...majors)}` : undefined
  return { kind: 'marketplace', file, streams: [{ name, images, releases: new Map() }] }
}

export function rhelMajor({ entry }: Pick<SlotImage, 'entry'>): number | undefined {
  const version = readVersion(entryVersion(entry) ?? '')
  return version && inferRhel(BUILT_IN.rhel, version)?.major
}

function sourceStream(stream: Stream): SourceStream {
  const releases = getReleases(stream)
  const name = streamName(releases, stream.name)
  return { name, ownName: stream.name, images: imagesIn(stream), releases }
}

export function withMarketplace(
  source: ImageSource,
  marketplace: MarketplaceFile | undefined,
  ocp: MajorMinor | undefined,
): ImageSource {
  const others = marketplace
    ? imagesIn(marketplace).map((image) => ({ ...image, file: marketplace.file }))
    : []
  const streams = source.streams.map((stream) => ({
    ...stream,
    images: [...others, ...stream.images],
    ocp,
  }))
  return { ...source, streams, ocp }
}

/** Adds the builds of the stream that a marketplace file or a snapshot without builds belongs to. */
export function withBuilds(
  source: ImageSource,
  stream: Stream,
  ocp: MajorMinor | undefined,
  requirement: Requirement,
): ImageSource {
  const { images: _, ...own } = sourceStream(stream)
  const { snapshot } = source
  const streams = snapshot
    ? [{ ...own, ocp: source.ocp, images: select(snapshot, own.releases, requirement) }]
    : source.streams.map((each) => ({ ...each, ...own, ocp: ocp ?? each.ocp }))
  return { ...source, streams }
}

/** The name of a stream in clusters, `rhel-9`; its own name if the releases have no RHEL version. */
function streamName(releases: Releases, name: string): string {
  const [rhel] = [...releases.values()].flatMap((release) => readRelease(release)?.rhel ?? [])
  return rhel === undefined ? name : `rhel-${rhel.major}`
}

/** Completes a RHEL version to a release that is later than all images. */
const NEWEST = '29991231-0'

/** Without builds, the newest images of the OCP version, for each RHEL major. */
function snapshotSource(snapshot: Snapshot, file: string): ImageSource {
  const ocp = readMajorMinor(snapshot.stream.ocp ?? '')
  const source = { kind: 'snapshot', file, ocp, snapshot } as const
  const releases = buildReleases(snapshot)
  if (releases.size > 0) {
    const { name: ownName } = snapshot.stream
    const name = streamName(releases, ownName)
    const images = select(snapshot, releases)
    return { ...source, streams: [{ name, ownName, ocp, releases, images }] }
  }
  const versions = ocp === undefined ? [] : rhelsForOcp(snapshot.criteria.rhel, ocp)
  const streams = versions.map((rhel): SourceStream => {
    const newest = `${printMajorMinor(rhel)}.${NEWEST}`
    return {
      name: `rhel-${rhel.major}`,
      images: select(snapshot, new Map(ARCHITECTURES.map((each) => [each, newest]))),
      releases: new Map(),
    }
  })
  return { ...source, streams }
}

function select(snapshot: Snapshot, releases: Releases, requirement?: Requirement): SlotImage[] {
  return selectImages(snapshot, releases, requirement).flatMap(({ slot, image }) =>
    image ? [{ slot, entry: toEntry(slot.cloud, image) }] : [],
  )
}

const BOOT_IMAGES = 'coreos-bootimages'

function configMapSource(documents: readonly JsonValue[], file: string): ImageSource {
  const values = documents.flatMap(expandList)
  const objects = values.filter(isRecord)
  const maps = objects.filter(({ kind }) => kind === 'ConfigMap')
  const named = maps.find(({ metadata }) => isRecord(metadata) && metadata.name === BOOT_IMAGES)
  const map = named ?? maps.find(({ data }) => isRecord(data) && 'stream' in data) ?? maps[0]
  if (map === undefined) {
    throw new InputError(
      `${file}: expected a stream, a marketplace file, a snapshot or a ConfigMap, found ${listKinds(values)}`,
    )
  }
  const { stream, streams, releaseVersion } = isRecord(map.data) ? map.data : {}
  const ocp = readMajorMinor(/^[0-9]+\.[0-9]+/.exec(String(releaseVersion))?.[0] ?? '')
  const all = typeof streams === 'string' ? parseStreams(streams, file) : {}
  const read = (text: string, path: string, name?: string): SourceStream => ({
    ...sourceStream(readMember(() => readStream(text, `${file}: ${path}`))),
    ...(name !== undefined && { name }),
    ocp,
  })
  const found = Object.entries(all).map(([name, value]) =>
    read(JSON.stringify(value), `.data.streams.${name}`, name),
  )
  if (found.length > 0) return { kind: 'configmap', file, ocp, streams: found }
  if (typeof stream !== 'string') {
    throw new InputError(
      `${file}: not a ConfigMap of boot images: expected the string .data.stream`,
    )
  }
  return { kind: 'configmap', file, ocp, streams: [read(stream, '.data.stream')] }
}

function parseStreams(text: string, file: string): JsonRecord {
  const value = readMember(() => toValue(parseDocument(text, `${file}: .data.streams`).root))
  if (isRecord(value)) return value
  throw new InputError(`${file}: .data.streams: expected an object of streams`)
}

/** The member of a cluster's object is not in git, as the remedies for a file assume. */
function readMember<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const remedy = 'Get the ConfigMap from the cluster again.'
    throw new InputError(error.message, remedy, { cause: error })
  }
}

/** The items of a `List`, which `oc get … -o yaml` prints for several objects. */
export function expandList(value: JsonValue): readonly JsonValue[] {
  return isRecord(value) && value.kind === 'List' && isList(value.items) ? value.items : [value]
}

const KINDS = [
  ...['ClusterDeployment', 'ConfigMap', 'ControlPlaneMachineSet', 'HostedCluster', 'List'],
  ...['Machine', 'MachineConfig', 'MachinePool', 'MachineSet', 'Node', 'NodePool', 'Secret'],
  ...['NutanixMachineProviderConfig', 'OpenstackProviderSpec', 'VSphereMachineProviderSpec'],
]
const GROUP =
  /^((machine|machineconfiguration|hive|hypershift|agent-install)\.openshift|(infrastructure\.)?cluster\.x-k8s)\.io(?=\/)/

/** Unique kinds and groups, if they are known. Other text may be a secret. */
export function listKinds(objects: readonly JsonValue[]): string {
  if (objects.every((each) => each === null)) return 'nothing'
  const kinds = objects.map((object) => {
    const { kind, apiVersion } = isRecord(object) ? object : {}
    if (kind === undefined) return 'no kind'
    if (typeof kind !== 'string' || !KINDS.includes(kind)) return 'an unknown kind'
    const isGrouped = typeof apiVersion === 'string' && apiVersion.includes('/')
    const [group = 'an unknown group'] = GROUP.exec(String(apiVersion)) ?? []
    return isGrouped ? `${kind} of ${group}` : kind
  })
  return [...new Set(kinds)].slice(0, 5).join(', ')
}
