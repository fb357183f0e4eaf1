import { printSlot, type Slot } from '../clouds/facts.ts'
import { BUILT_IN } from '../criteria/criteria.ts'
import { fromValue, isRecord, type JsonValue, printJson } from '../json/document.ts'
import { imagesIn, type MarketplaceFile } from '../stream/marketplace.ts'
import { type Shape, STREAM } from '../stream/schema.ts'
import { readStream, type Stream } from '../stream/stream.ts'
import {
  compareMajorMinor,
  type MajorMinor,
  ocpVersions,
  ocpVersionsForRhel,
  readRelease,
  rhelsForOcp,
} from '../versions/version.ts'

export interface NamedStream {
  readonly name: string | undefined
  readonly stream: Stream
  readonly marketplaceFile?: MarketplaceFile
}

export type ConfigMap = ReturnType<typeof bootImagesConfigMap>

const PROFILES = ['ibm-cloud-managed', 'self-managed-high-availability', 'single-node-developer']

const DEFAULT_STREAM = 'rhel-9'

/**
 * The `coreos-bootimages` ConfigMap as in openshift/installer's `hack/build-coreos-manifest.go`, with
 * streams as stream-metadata-go encodes them. `data.streams` is a JSON object of all streams, and
 * `data.stream` is rhel-9, else the first one. A release payload replaces `releaseVersion`.
 *
 * @param streams at least one, with unique names; the default name is `streamKey`
 */
export function bootImagesConfigMap(streams: readonly NamedStream[]) {
  const named = new Map(
    streams.map(({ name, stream, marketplaceFile }) => [
      name ?? streamKey(stream),
      marketplaceFile ? withMarketplace(stream, marketplaceFile) : stream,
    ]),
  )
  const [chosen] = [named.get(DEFAULT_STREAM), ...named.values()].filter((each) => each)
  return {
    apiVersion: 'v1',
    data: {
      releaseVersion: '0.0.1-snapshot',
      stream: chosen ? printAsGo(chosen) : '',
      streams: printAllAsGo(named),
    },
    kind: 'ConfigMap',
    metadata: {
      annotations: Object.fromEntries(
        PROFILES.map((profile) => [`include.release.openshift.io/${profile}`, 'true']),
      ),
      name: 'coreos-bootimages',
      namespace: 'openshift-machine-config-operator',
    },
  }
}

/** As in the installer, the images of the file replace those of the stream. */
function withMarketplace(stream: Stream, file: MarketplaceFile): Stream {
  return stream.architectures().reduce((merged, arch) => {
    const images = file.extension(arch, 'marketplace')
    return images === undefined ? merged : merged.withExtension(arch, 'marketplace', images)
  }, stream)
}

/** The images that stream-metadata-go does not decode, such as those of the enhancement. */
export function omittedImages({ stream, marketplaceFile }: NamedStream): Slot[] {
  const merged = marketplaceFile ? withMarketplace(stream, marketplaceFile) : stream
  const kept = imagesIn(readStream(printAsGo(merged), stream.file))
  const names = new Set(kept.map(({ slot }) => printSlot(slot)))
  return [stream, ...(marketplaceFile ? [marketplaceFile] : [])]
    .flatMap((each) => imagesIn(each))
    .map(({ slot }) => slot)
    .filter((slot) => !names.has(printSlot(slot)))
}

/** The installer's key, such as `rhel-9`. Empty without RHEL, as for CentOS Stream. */
export function streamKey(stream: Stream): string {
  const rhel = stream
    .architectures()
    .map((arch) => readRelease(stream.release(arch) ?? ''))
    .find((release) => release && (release.ocp || isKnownRhel(release.rhel)))?.rhel
  return rhel === undefined ? '' : `rhel-${rhel.major}`
}

function isKnownRhel(rhel: MajorMinor): boolean {
  const table = BUILT_IN.rhel
  const all = ocpVersions(table)
    .flatMap((ocp) => rhelsForOcp(table, ocp))
    .sort(compareMajorMinor)
  const last = all.findLast(({ major }) => major === rhel.major) ?? all.at(-1) ?? rhel
  return ocpVersionsForRhel(table, rhel).length > 0 || compareMajorMinor(rhel, last) > 0
}

/**
 * Prints a stream like stream-metadata-go: without unknown keys, indented by two spaces, without a final
 * newline. Unlike in Go, empty members and missing members are preserved.
 */
export function printAsGo(stream: Stream): string {
  return printJson(fromValue(toKnown(stream)), '  ')
}

function printAllAsGo(named: ReadonlyMap<string, Stream>): string {
  const streams = [...named].sort(([a], [b]) => (a < b ? -1 : 1))
  const known = streams.map(([name, stream]) => [name, toKnown(stream)])
  return printJson(fromValue(Object.fromEntries(known)), '  ')
}

function toKnown(stream: Stream): JsonValue {
  const { lastModified, generator } = stream.metadata()
  const value = {
    stream: stream.name,
    ...(lastModified !== undefined && { metadata: { 'last-modified': lastModified, generator } }),
    architectures: Object.fromEntries(
      stream.architectures().map((arch) => [arch, stream.architecture(arch)]),
    ),
  }
  return pickKnown(value, STREAM) ?? {}
}

/** Keeps known fields in the order of the shape. Sorts maps. */
function pickKnown(value: JsonValue | undefined, shape: Shape): JsonValue | undefined {
  if (shape.kind === 'foreign') return shape.known && pickKnown(value, shape.known)
  if (!isRecord(value) || shape.kind === 'whole') return value
  const inner =
    shape.kind === 'fields'
      ? [...shape.fields]
      : Object.keys(value)
          .sort()
          .map((name) => [name, shape.of] as const)
  const members = inner.map(([name, each]) => [name, pickKnown(value[name], each)] as const)
  return Object.fromEntries(members.filter(([, each]) => each !== undefined))
}
