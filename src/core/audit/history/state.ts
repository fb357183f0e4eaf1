import { imagesIn } from '../../layouts/layout.ts'
import { readSnapshot } from '../../snapshot/read.ts'
import { releasesOf } from '../../stream/releases.ts'
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
 * @throws InputError for what is none of them
 */
export function readState(text: string, file: string, memory: SkewMemory): State {
  if (looksLikeSnapshot(text)) {
    const snapshot = readSnapshot(text, file)
    const builds = Object.entries(snapshot.builds).sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      releases: Object.fromEntries(builds.map(([arch, { release }]) => [arch, release])),
      slots: snapshotSlots(snapshot, memory),
    }
  }
  const source = readImageSource(text, file)
  const releases = releasesOf(source)
  return {
    releases: Object.fromEntries([...releases].sort(([a], [b]) => (a < b ? -1 : 1))),
    slots: streamSlots(source.name, releases, imagesIn(source), memory),
  }
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
