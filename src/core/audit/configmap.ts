import { BUILT_IN } from '../criteria/criteria.ts'
import { fromValue, isRecord, type JsonValue, printJson } from '../json/document.ts'
import type { MarketplaceFile } from '../stream/marketplace.ts'
import { type Shape, STREAM } from '../stream/schema.ts'
import type { Stream } from '../stream/stream.ts'
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
 * The `coreos-bootimages` ConfigMap as openshift/installer's `hack/build-coreos-manifest.go` has it:
 * each stream as stream-metadata-go encodes it. `data.streams` is a JSON object of all of them,
 * `data.stream` the one called rhel-9, else the first. The release payload's own version takes the
 * place of `releaseVersion` when it is built.
 *
 * @param streams at least one; without a name the key is that of `streamKey`; keys are unique
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

/** The images of the file replace those of the stream, as the installer merges them. */
function withMarketplace(stream: Stream, file: MarketplaceFile): Stream {
  return stream.architectures().reduce((merged, arch) => {
    const images = file.extension(arch, 'marketplace')
    return images === undefined ? merged : merged.withExtension(arch, 'marketplace', images)
  }, stream)
}

/** The installer's key, `rhel-9`; empty for others, such as CentOS Stream with similar releases. */
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
 * A stream as stream-metadata-go decodes and encodes it: without the keys that it does not know, two
 * spaces to a level, no final newline. Empty members stay empty and missing members stay missing, which
 * Go reads alike.
 */
export function printAsGo(stream: Stream): string {
  return printJson(fromValue(knownOf(stream)), '  ')
}

export function printAllAsGo(named: ReadonlyMap<string, Stream>): string {
  const streams = [...named].sort(([a], [b]) => (a < b ? -1 : 1))
  const known = streams.map(([name, stream]) => [name, knownOf(stream)])
  return printJson(fromValue(Object.fromEntries(known)), '  ')
}

function knownOf(stream: Stream): JsonValue {
  const { lastModified, generator } = stream.metadata()
  const value = {
    stream: stream.name,
    ...(lastModified !== undefined && { metadata: { 'last-modified': lastModified, generator } }),
    architectures: Object.fromEntries(
      stream.architectures().map((arch) => [arch, stream.architecture(arch)]),
    ),
  }
  return known(value, STREAM) ?? {}
}

/** Of a struct the fields that it has, in their order; of a map all, by their names. */
function known(value: JsonValue | undefined, shape: Shape): JsonValue | undefined {
  if (shape.kind === 'foreign') return shape.known && known(value, shape.known)
  if (!isRecord(value) || shape.kind === 'whole') return value
  const members =
    shape.kind === 'fields'
      ? [...shape.fields].map(([name, inner]) => [name, known(value[name], inner)] as const)
      : Object.keys(value)
          .sort()
          .map((name) => [name, known(value[name], shape.of)] as const)
  return Object.fromEntries(members.filter(([, each]) => each !== undefined))
}
