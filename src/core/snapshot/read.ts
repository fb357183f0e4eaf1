import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { isRecord, jsonPath } from '../json/document.ts'
import { parseText } from '../json/parser.ts'
import { checkSchema, refuseLaterVersion } from '../schemas/check.ts'
import { canonicalJson, computeIntegrity, printLines, sha256 } from './canonical.ts'
import { readTime, type Snapshot, type SnapshotContent } from './snapshot.ts'
import { isPlainUrl } from './values.ts'

export function printSnapshot(snapshot: Snapshot): string {
  return `${printLines(snapshot)}\n`
}

export function sealSnapshot(rest: Omit<Snapshot, 'integrity'>): Snapshot {
  return { ...rest, integrity: computeIntegrity(canonicalJson(rest)) }
}

/** @throws InputError for an invalid snapshot, and for one that was changed after the capture */
export function readSnapshot(text: string, file: string): Snapshot {
  const snapshot = readShape(text, file)
  if (!isIntact(snapshot, text)) throw editedSnapshot(file)
  return snapshot
}

export function editedSnapshot(file: string): InputError {
  return new InputError(
    `${file}: .integrity: does not match the content, which was changed after the capture`,
    'Restore the file from git, or capture it again.',
  )
}

export function readShape(text: string, file: string): Snapshot {
  const value = parseText(text, file)
  refuseLaterVersion(value, file)
  if (!isRecord(value) || value.schemaVersion === undefined) throw notASnapshot(value, file)
  checkSchema('snapshot', value, file)
  const snapshot = value as unknown as Snapshot
  if (readTime(snapshot.capturedAt) === undefined) {
    throw new InputError(
      `${file}: .capturedAt: expected a time, found "${snapshot.capturedAt}"`,
      'Restore the file from git, or capture it again.',
    )
  }
  for (const [part, time] of Object.entries(snapshot.criteria.selectedAt ?? {})) {
    if (readTime(time) !== undefined && time <= snapshot.capturedAt) continue
    throw new InputError(
      `${file}: .criteria.selectedAt${jsonPath([part])}: expected a time before .capturedAt, found "${time}"`,
      'Restore the file from git, or capture it again.',
    )
  }
  checkLocations(snapshot, file)
  return snapshot
}

/** Locations of builds are written to streams. */
function checkLocations({ stream: { url }, builds }: Snapshot, file: string): void {
  if (!isPlainUrl(url)) {
    throw new InputError(
      `${file}: .stream.url: expected an https URL, or http to this machine, found ${printable(url)}`,
    )
  }
  for (const [architecture, { location }] of Object.entries(builds)) {
    if (isPlainUrl(location) && `${location}/`.startsWith(`${url}/`)) continue
    throw new InputError(
      `${file}: .builds.${printable(architecture)}.location: expected a folder of .stream.url, found ${printable(location)}`,
      'Capture the builds again, into a new file.',
    )
  }
}

function notASnapshot(value: unknown, file: string): InputError {
  if (Array.isArray(value)) {
    const own = file.replace(/\.recording\.json$/, '.json')
    return new InputError(
      `${file}: a recording, expected a snapshot`,
      own === file ? undefined : `Use the snapshot, ${own}.`,
    )
  }
  const members = isRecord(value) ? value : {}
  if ('stream' in members && 'architectures' in members) {
    return new InputError(
      `${file}: a CoreOS stream, expected a snapshot`,
      'Capture a snapshot for it with stream-snapshot capture SNAPSHOT --stream FILE.',
    )
  }
  return new InputError(
    `${file}: not a snapshot: expected the keys schemaVersion, stream and images`,
  )
}

export function isIntact(snapshot: Snapshot, text: string): boolean {
  const { integrity, ...rest } = snapshot
  return isPrintedIntact(text, snapshot) || computeIntegrity(canonicalJson(rest)) === integrity
}

/** A printed snapshot is canonical JSON with line breaks. This is faster than `isIntact`. */
function isPrintedIntact(text: string, { integrity }: Snapshot): boolean {
  const rest = text.replace(`\n  "integrity":${JSON.stringify(integrity)},`, '')
  return computeIntegrity(rest.replace(/\n */g, '')) === integrity
}

/** `snapshots/NAME.recording.json` for `snapshots/NAME.json` */
export function recordingFile(snapshot: string): string {
  if (!snapshot.endsWith('.json') || snapshot.endsWith('.recording.json')) {
    throw new InputError(
      `${snapshot}: expected the path of a snapshot, NAME.json`,
      'Use a path such as snapshots/rhcos-4.18.json.',
    )
  }
  return snapshot.replace(/\.json$/, '.recording.json')
}

export interface Found {
  readonly snapshot: Snapshot
  readonly recording: string | undefined
}

/** An existing snapshot with the same content keeps its time, generator and intact recording. */
export function assemble(
  content: SnapshotContent,
  recording: { readonly file: string; readonly text: string },
  found: Found | undefined,
  now: string,
  generator: string,
) {
  const known = found && isSameContent(content, found.snapshot) ? found : undefined
  const old = known?.recording
  const isIntactRecording = sha256(old ?? '') === known?.snapshot.recording.sha256
  const text = old !== undefined && isIntactRecording ? old : recording.text
  const snapshot = sealSnapshot({
    ...content,
    capturedAt: known?.snapshot.capturedAt ?? now,
    generator: known?.snapshot.generator ?? generator,
    recording: { file: recording.file, sha256: sha256(text) },
  })
  return { snapshot, snapshotText: printSnapshot(snapshot), recordingText: text }
}

export function isSameContent(content: SnapshotContent, snapshot: SnapshotContent): boolean {
  return canonicalJson(pickContent(content)) === canonicalJson(pickContent(snapshot))
}

function pickContent(snapshot: SnapshotContent): SnapshotContent {
  const { schemaVersion, stream, criteria, builds, images, queries } = snapshot
  return { schemaVersion, stream, criteria, builds, images, queries }
}
