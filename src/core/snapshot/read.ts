import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { parseText } from '../json/parse.ts'
import { checkSchema, refuseLaterVersion } from '../schemas/check.ts'
import { isPlainUrl, liesIn } from '../url.ts'
import { canonicalJson, computeIntegrity, printLines } from './canonical.ts'
import type { Snapshot } from './snapshot.ts'
import { readTime } from './time.ts'

/** Prints a snapshot as it is committed. */
export function printSnapshot(snapshot: Snapshot): string {
  return `${printLines(snapshot)}\n`
}

/** Adds the integrity to all the other keys. */
export function sealSnapshot(rest: Omit<Snapshot, 'integrity'>): Snapshot {
  return { ...rest, integrity: computeIntegrity([canonicalJson(rest)]) }
}

/**
 * Reads a snapshot and checks that it is whole.
 *
 * @param file the name by which errors call it
 * @throws InputError for what is no snapshot, one of a later schema, or one that was changed by hand
 */
export function readSnapshot(text: string, file: string): Snapshot {
  const snapshot = readShape(text, file)
  if (!isIntact(text, snapshot)) {
    throw new InputError(
      `${file}: .integrity: does not match the content, which was changed after the capture`,
      'Restore the file from git, or capture it again.',
    )
  }
  return snapshot
}

/** Reads a snapshot without asking whether its integrity holds. */
export function readShape(text: string, file: string): Snapshot {
  const value = parseText(text, file)
  refuseLaterVersion(value, file)
  const { schemaVersion } = (value ?? {}) as { readonly schemaVersion?: unknown }
  if (schemaVersion === undefined) throw notASnapshot(value, file)
  checkSchema('snapshot', value, file)
  const snapshot = value as Snapshot
  if (readTime(snapshot.capturedAt) === undefined) {
    throw new InputError(
      `${file}: .capturedAt: expected a time, found "${snapshot.capturedAt}"`,
      'Restore the file from git, or capture it again.',
    )
  }
  checkPlaces(snapshot, file)
  return snapshot
}

/** Where a snapshot's builds are goes into streams, and is asked of the recording. */
function checkPlaces({ stream: { url }, builds }: Snapshot, file: string): void {
  if (!isPlainUrl(url)) {
    throw new InputError(
      `${file}: .stream.url: expected an https URL, or plain http to this machine, found ${printable(url)}`,
    )
  }
  for (const [architecture, { location }] of Object.entries(builds)) {
    if (isPlainUrl(location) && liesIn(location, url)) continue
    throw new InputError(
      `${file}: .builds.${printable(architecture)}.location: expected a folder of .stream.url, found ${printable(location)}`,
      'Capture its builds anew, into a file that is not there yet.',
    )
  }
}

/** The usual slips are a snapshot's neighbours. */
function notASnapshot(value: unknown, file: string): InputError {
  if (Array.isArray(value)) {
    return new InputError(
      `${file}: a list, as recordings are, expected a snapshot`,
      /\.recording\.json$/.test(file)
        ? `Name the snapshot, ${file.replace(/\.recording\.json$/, '.json')}.`
        : undefined,
    )
  }
  if (isStreamShape(value)) {
    return new InputError(
      `${file}: a CoreOS stream, expected a snapshot`,
      'stream-snapshot capture SNAPSHOT --stream FILE makes one for it; --target names the stream.',
    )
  }
  const keys =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).slice(0, 3).map(printable).join(', ')
      : 'no object'
  return new InputError(
    `${file}: not a snapshot: expected the keys schemaVersion, stream and images, found ${keys}`,
  )
}

function isStreamShape(value: unknown): boolean {
  const { stream, architectures } = (value ?? {}) as Readonly<Record<string, unknown>>
  return typeof stream === 'string' && typeof architectures === 'object'
}

/**
 * As printed, a snapshot's text is its canonical JSON but for line breaks and indentation, so its
 * digest needs no second serialisation; a file that was formatted anew is serialised.
 */
export function isIntact(text: string, snapshot: Snapshot): boolean {
  const { integrity, ...rest } = snapshot
  const line = `\n  "integrity":${JSON.stringify(integrity)},`
  const at = text.indexOf(line)
  return (
    (at >= 0 && computeIntegrity(canonicalPieces(text, at, at + line.length)) === integrity) ||
    computeIntegrity([canonicalJson(rest)]) === integrity
  )
}

/** In characters: so few that a piece and its copy stay in the processor's cache. */
const PIECE = 1 << 16

/** A printed text without its line breaks and indentation, and without what stands in a gap. */
function* canonicalPieces(text: string, gapStart: number, gapEnd: number): Generator<string> {
  for (const [from, to] of [
    [0, gapStart],
    [gapEnd, text.length],
  ] as const) {
    for (let start = from; start < to; ) {
      const next = text.indexOf('\n', start + PIECE)
      const end = next < 0 || next > to ? to : next
      yield withoutLines(text.slice(start, end))
      start = end
    }
  }
}

/** An image, and there may be a million, is a line of its own: those are joined faster as they are known. */
function withoutLines(piece: string): string {
  const joined = piece.replaceAll('\n      {', '{')
  return joined.includes('\n') ? joined.replace(/\n */g, '') : joined
}
