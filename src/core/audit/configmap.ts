/** The ConfigMap by which a cluster knows the boot images of its release. */

import { printAllAsGo, printAsGo } from '../stream/known.ts'
import type { MarketplaceFile } from '../stream/marketplace-file.ts'
import type { Stream } from '../stream/stream.ts'
import { readRelease } from '../versions/version.ts'

/** A stream under the name that the cluster knows it by. */
export interface NamedStream {
  readonly name: string | undefined
  readonly stream: Stream
  /** Merged into the stream. */
  readonly marketplaceFile?: MarketplaceFile
}

/** A manifest as the cluster-version operator takes it. */
export interface ConfigMap {
  readonly apiVersion: 'v1'
  readonly data: {
    readonly releaseVersion: string
    readonly stream: string
    readonly streams: string
  }
  readonly kind: 'ConfigMap'
  readonly metadata: {
    readonly annotations: Readonly<Record<string, string>>
    readonly name: string
    readonly namespace: string
  }
}

/** The profiles of a cluster that get the manifest. */
const PROFILES = ['ibm-cloud-managed', 'self-managed-high-availability', 'single-node-developer']

/** The stream that is `data.stream` among several, where it is there: the installer's default. */
const DEFAULT_STREAM = 'rhel-9'

/**
 * The `coreos-bootimages` ConfigMap as openshift/installer's `hack/build-coreos-manifest.go` has it:
 * each stream as stream-metadata-go encodes it. `data.streams` is a JSON object of all of them,
 * `data.stream` the one called rhel-9, else the first. The release payload's own version takes the
 * place of `releaseVersion` when it is built.
 *
 * @param streams at least one; names all different; one without a name is called by its RHEL
 */
export function bootImagesConfigMap(streams: readonly NamedStream[]): ConfigMap {
  const named = new Map(
    streams.map(({ name, stream, marketplaceFile }) => [
      name ?? nameByRhel(stream),
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

/**
 * The stream with a marketplace file's images as the installer merges them: for each architecture
 * that both have, the file's take the place of all under `rhel-coreos-extensions.marketplace`.
 */
function withMarketplace(stream: Stream, file: MarketplaceFile): Stream {
  return stream.architectures().reduce((merged, arch) => {
    const images = file.extension(arch, 'marketplace')
    return images === undefined ? merged : merged.withExtension(arch, 'marketplace', images)
  }, stream)
}

/** `rhel-9`, as clusters call a stream; of one that names no RHEL its own name. */
function nameByRhel(stream: Stream): string {
  const rhel = stream
    .architectures()
    .flatMap((arch) => readRelease(stream.release(arch) ?? '')?.rhel ?? [])[0]
  return rhel === undefined ? stream.name : `rhel-${rhel.major}`
}
