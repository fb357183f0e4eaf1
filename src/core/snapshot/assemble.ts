import { canonicalJson, sha256 } from './canonical.ts'
import { printSnapshot, sealSnapshot } from './read.ts'
import type { Snapshot, SnapshotContent } from './snapshot.ts'

/** An existing snapshot with its recording. */
export interface Found {
  readonly snapshot: Snapshot
  /** Undefined if the file is missing. */
  readonly recording: string | undefined
}

/** The two files of a capture. */
export interface Assembled {
  readonly snapshot: Snapshot
  readonly snapshotText: string
  readonly recordingText: string
}

/**
 * Makes the files of a capture. If its content is that of the existing snapshot, the snapshot keeps its
 * time and generator, and an intact recording stays.
 *
 * @param recording the file's name and text
 * @param now RFC 3339, UTC, whole seconds
 */
export function assemble(
  content: SnapshotContent,
  recording: { readonly file: string; readonly text: string },
  found: Found | undefined,
  now: string,
  generator: string,
): Assembled {
  const known = found && isSameContent(content, found.snapshot) ? found : undefined
  const isWhole =
    known?.recording !== undefined && sha256(known.recording) === known.snapshot.recording.sha256
  const text = isWhole && known?.recording !== undefined ? known.recording : recording.text
  const snapshot = sealSnapshot({
    ...content,
    capturedAt: known?.snapshot.capturedAt ?? now,
    generator: known?.snapshot.generator ?? generator,
    recording: { file: recording.file, sha256: sha256(text) },
  })
  return { snapshot, snapshotText: printSnapshot(snapshot), recordingText: text }
}

/** Whether a snapshot has this content. */
export function isSameContent(content: SnapshotContent, snapshot: SnapshotContent): boolean {
  return canonicalJson(contentOf(content)) === canonicalJson(contentOf(snapshot))
}

function contentOf(snapshot: SnapshotContent): SnapshotContent {
  const { schemaVersion, stream, criteria, builds, images, queries } = snapshot
  return { schemaVersion, stream, criteria, builds, images, queries }
}
