import type { Releases } from '../../selection/selections.ts'
import { readSnapshot } from '../../snapshot/read.ts'
import { ownExtensions } from '../../stream/layouts.ts'
import type { ImageFile } from '../../stream/marketplace.ts'
import { imagesIn } from '../../stream/marketplace.ts'
import { getReleases } from '../../stream/releases.ts'
import { readImageSource } from '../image/read.ts'
import type { SkewMemory } from '../skew/memory.ts'
import type { State } from './slot-state.ts'
import { snapshotSlots } from './snapshot-slots.ts'
import { streamSlots } from './stream-slots.ts'

/**
 * Reads a version of a snapshot, of a stream, or of a file of marketplace images alone, which tells
 * no releases.
 *
 * @param memory of the versions before
 * @param others the releases of architectures of which it holds no build
 * @throws InputError for what is none of them
 */
export function readState(
  text: string,
  file: string,
  memory: SkewMemory,
  others: Releases = new Map(),
): State {
  if (looksLikeSnapshot(text)) {
    const snapshot = readSnapshot(text, file)
    const builds = Object.entries(snapshot.builds)
    const own = builds.map(([arch, { release }]): [string, string] => [arch, release])
    return {
      releases: sorted([...others, ...own]),
      contents: Object.fromEntries(
        builds.map(([arch, { release: _, ...build }]) => [arch, JSON.stringify(build)]),
      ),
      slots: snapshotSlots(snapshot, memory, others),
    }
  }
  const source = readImageSource(text, file)
  const releases = new Map([...others, ...getReleases(source)])
  return {
    releases: sorted([...releases]),
    contents: contentsOf(source),
    slots: streamSlots(source.name, releases, imagesIn(source), memory),
  }
}

/** Of what is not the marketplace's. */
function contentsOf(source: ImageFile): State['contents'] {
  return Object.fromEntries(
    source.architectures().map((arch) => {
      const { 'rhel-coreos-extensions': extensions, ...rest } = source.architecture?.(arch) ?? {}
      return [arch, JSON.stringify({ ...rest, own: ownExtensions(extensions) })]
    }),
  )
}

function sorted(releases: readonly (readonly [string, string])[]): State['releases'] {
  return Object.fromEntries([...new Map(releases)].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** By the one key that no stream has; text that is no JSON is for the stream's reader to refuse. */
function looksLikeSnapshot(text: string): boolean {
  // As it is printed: no string goes over a line's end, so that nothing needs to be parsed.
  if (text.includes('\n  "schemaVersion":')) return true
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'schemaVersion' in value
  } catch {
    return false
  }
}
