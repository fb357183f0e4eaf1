import fc from 'fast-check'
import { describe, it } from 'vitest'
import { compareInventories } from '../../src/core/changes/changes.ts'
import { snapshotInventory } from '../../src/core/changes/inventory.ts'
import { Loss } from '../../src/core/regenerate/refusals.ts'
import { regenerate } from '../../src/core/regenerate/regenerate.ts'
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { changeLines, lossLines } from '../../src/show/changes.ts'
import { azureImage, makeSnapshot } from '../support/snapshots.ts'
import { check } from './check.ts'

const RELEASES = ['418.94.202409162337-0', '418.94.202410090804-0', '418.94.202501221327-0']
const REGIONS = ['eu-west-1', 'me-central-1', 'sa-east-1', 'us-east-1']
const PLATFORMS = ['aws', 'metal', 'metal4k', 'openstack', 'qemu', 'vmware']
const PLAIN = { style: (_: unknown, text: string) => text, width: () => undefined }

interface Model {
  readonly release: string
  readonly platforms: readonly string[]
  readonly regions: readonly string[]
}

const build = fc.record<Model>({
  release: fc.constantFrom(...RELEASES),
  platforms: fc.subarray(PLATFORMS),
  regions: fc.subarray(REGIONS),
})

function makeBuild(architecture: string, { release, platforms, regions }: Model) {
  const path = (name: string) => `rhcos-${release}-${name}.${architecture}.img.gz`
  return {
    release,
    location: `https://rhcos.mirror.openshift.com/art/storage/prod/streams/a/builds/${release}/${architecture}`,
    meta: {
      images: Object.fromEntries(
        platforms.map((name) => [name, { path: path(name), sha256: 'a'.repeat(64) }]),
      ),
      amis: regions.map((name) => ({ name, hvm: `ami-${release.slice(7)}${name}` })),
    },
  }
}

const STAMPS = ['20240701', '20240916', '20241009', '20250122']
const azure = fc.array(
  fc
    .tuple(
      fc.constantFrom('418-v2', 'aro_418', '418-arm', 'rh-ocp-worker'),
      fc.constantFrom(...STAMPS),
    )
    .map(([sku, stamp]) =>
      azureImage(sku, sku.startsWith('rh-') ? `4.18.${stamp}00` : `418.94.${stamp}`),
    ),
  { maxLength: 6 },
)
const aws = fc.array(
  fc
    .record({ plan: fc.constantFrom('ocp', 'oke'), region: fc.constantFrom(...REGIONS) })
    .chain((place) =>
      fc.constantFrom(...STAMPS).map((stamp) => ({
        ...place,
        architecture: 'x86_64' as const,
        state: 'active' as const,
        version: `418.94.${stamp}0000-0`,
        image: `ami-${stamp}${place.plan}${place.region}`,
        name: 'n',
      })),
    ),
  { maxLength: 8 },
)

const snapshot = fc
  .record({ x86_64: fc.option(build), aarch64: build, azure, aws })
  .map((model): Snapshot => {
    const builds = Object.entries({ aarch64: model.aarch64, x86_64: model.x86_64 })
    const { images } = makeSnapshot(model.azure)
    return makeSnapshot([], {
      builds: Object.fromEntries(
        builds.flatMap(([arch, each]) => (each ? [[arch, makeBuild(arch, each)]] : [])),
      ),
      images: { ...images, aws: model.aws },
      queries: { azure: [], aws: REGIONS.map((region) => ({ region, images: 1 })) },
    })
  })

interface Item {
  /** A line of the output about the item contains all words. */
  readonly words: readonly string[]
  /** Empty if the item has no version. */
  readonly version: string
}

type Tree = { readonly [key: string]: Tree | string }

/** All items of a stream, read from its JSON without code of `src/`. */
function readItems(text: string): Map<string, Item> {
  const found = new Map<string, Item>()
  const put = (words: readonly string[], version = '') =>
    found.set(words.join(' '), { words, version })
  const { architectures } = JSON.parse(text) as { architectures: Record<string, Tree> }
  for (const [arch, each] of Object.entries(architectures)) {
    const artifacts = each.artifacts as Record<string, { release: string; formats: Tree }>
    put(['build', arch], artifacts.metal?.release)
    for (const [platform, { formats }] of Object.entries(artifacts)) {
      put(['artifact', platform, arch])
      for (const format of Object.keys(formats)) put(['artifact', platform, arch, format])
    }
    for (const [platform, image] of Object.entries(each.images as Record<string, Tree>)) {
      for (const region of Object.keys((image.regions ?? {}) as Tree)) {
        put(['image', platform, arch, region])
      }
    }
    const extensions = (each['rhel-coreos-extensions'] ?? {}) as Tree
    const { azure = {}, aws = {} } = (extensions.marketplace ?? {}) as Record<string, Tree>
    for (const [plan, generations] of Object.entries(azure)) {
      for (const [generation, entry] of Object.entries(generations as Tree)) {
        const gen = generation === 'hyperVGen1' ? 'gen1' : 'gen2'
        put(['azure', plan, arch, gen], (entry as Record<string, string>).version)
      }
    }
    for (const [plan, { regions }] of Object.entries(aws as Record<string, { regions: Tree }>)) {
      for (const [region, entry] of Object.entries(regions)) {
        put(['aws', plan, arch, region], (entry as Record<string, string>).release)
      }
    }
  }
  return found
}

/** Compares the timestamps. All versions are for the same OCP and RHEL versions. */
function isOlder(a: string, b: string): boolean {
  const stamp = (text: string) => (/\.(2\d+)(?:-\d+)?$/.exec(text)?.[1] ?? '').padEnd(12, '0')
  return a !== '' && b !== '' && stamp(a) < stamp(b)
}

/**
 * Azure versions end with the day of the build; worker image versions end with the publication
 * date.
 */
const isExact = (version: string, release = '') =>
  version.startsWith('418.94.') && release.startsWith(version)

const isReported = (lines: readonly string[], sign: string, words: readonly string[]) =>
  lines.some(
    (line) => line.startsWith(sign) && words.every((word) => line.split(/[\s,:]+/).includes(word)),
  )

/** For example, `· 3 regions: a, b, c` must list three regions. */
const countsAreRight = (lines: readonly string[]) =>
  lines.every((line) => {
    const [, count, names] = / (\d+) (?:regions|formats): ([^ ,]+(?:, [^ ,]+)*)/.exec(line) ?? []
    return count === undefined || names?.split(', ').length === Number(count)
  })

describe('the output for changes', () => {
  it('reports all losses of a stream', () => {
    const job = {
      layouts: ['stream-metadata'],
      requirement: 'any',
      allowRegression: true,
    } as const
    const property = fc.property(snapshot, snapshot, (first, second) => {
      const text = regenerate({ ...job, snapshot: first }).stream.print()
      const target = readStream(text, 'target')
      const { stream, comparison } = regenerate({ ...job, snapshot: second, target })
      const [before, after] = [readItems(text), readItems(stream.print())]
      const lines = lossLines(comparison.changes, PLAIN)
      // Formats of a removed platform are not reported separately.
      const isInRemovedPlatform = ({ words }: Item) =>
        words.length === 4 && words[0] === 'artifact' && !after.has(words.slice(0, 3).join(' '))
      const removed = [...before]
        .filter(([key, each]) => !after.has(key) && !isInRemovedPlatform(each))
        .map(([, each]) => each)
      const older = [...before].flatMap(([key, each]) => {
        const now = after.get(key)
        if (!now || !isOlder(now.version, each.version)) return []
        const [kind, , architecture] = now.words as [string, string, 'aarch64' | 'x86_64']
        const { release } = second.builds[architecture] ?? first.builds[architecture] ?? {}
        return kind !== 'build' && isExact(now.version, release) ? [] : [each]
      })
      const losses = removed.length + older.length
      const isCorrect =
        removed.every(({ words }) => isReported(lines, '-', words)) &&
        older.every(({ words }) => isReported(lines, '~', words)) &&
        countsAreRight(lines) &&
        lines.length > 0 === losses > 0
      try {
        const refused = regenerate({ ...job, snapshot: second, target, allowRegression: false })
        return isCorrect && losses === 0 && refused.stream.print() === stream.print()
      } catch (error) {
        return isCorrect && losses > 0 && error instanceof Loss
      }
    })
    check(property)
  })

  it('reports all removed builds and images of a snapshot', () => {
    const property = fc.property(snapshot, snapshot, (before, after) => {
      const { changes } = compareInventories(
        snapshotInventory(before),
        snapshotInventory(after),
        before.criteria.rhel,
      )
      const lines = changeLines(changes, PLAIN)
      const removedBuilds = Object.keys(before.builds).filter((arch) => !after.builds[arch])
      const listImages = ({ images }: Snapshot) =>
        [...(images.azure ?? []), ...(images.aws ?? [])].map((image) => ({ ...image }))
      const getKey = (image: object) => JSON.stringify(image)
      const remaining = new Set(listImages(after).map(getKey))
      const removedImages = listImages(before).filter((image) => !remaining.has(getKey(image)))
      return (
        removedBuilds.every((arch) => isReported(lines, '-', ['build', arch])) &&
        removedImages.every(({ plan, architecture, version }) =>
          isReported(lines, '-', [plan, architecture, version]),
        ) &&
        countsAreRight(lines)
      )
    })
    check(property)
  })
})
