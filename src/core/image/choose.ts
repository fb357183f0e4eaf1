import { CheckFailure, InputError } from '../../errors.ts'
import { printMajorMinor } from '../versions/version.ts'
import { type ImageSource, rhelMajor, type SourceStream } from './source.ts'

interface StreamRequest {
  readonly option?: string | undefined
  readonly osImageStream?: string | undefined
  readonly file?: string | undefined
}

/** @throws InputError for contradictory options, CheckFailure without such a stream */
export function chooseStream(
  source: ImageSource,
  request: StreamRequest,
): { stream: SourceStream; reason?: string } {
  const { option, osImageStream, file: config } = request
  if (option !== undefined && osImageStream !== undefined && base(option) !== base(osImageStream)) {
    throw new InputError(
      `${config}: osImageStream differs from --stream-name ${quote(option)}`,
      'Remove --stream-name.',
    )
  }
  const { file, kind, streams, ocp } = source
  const wanted = option ?? osImageStream
  const [only] = streams
  if (only && streams.length === 1) {
    const isFallback = wanted !== undefined && isFallbackFor(only, wanted, source, request)
    return { stream: only, ...(isFallback && { reason: `fallback for rhel-${majorIn(wanted)}` }) }
  }
  const own = kind === 'snapshot' && wanted === undefined ? streams.filter(hasOwnImage) : []
  const [candidate] = own
  if (candidate && own.length === 1) {
    return { stream: candidate, reason: `only images of ${candidate.name}` }
  }
  if (wanted === undefined && ocp === undefined) {
    throw new InputError(
      `${file}: several streams, and no OCP version that determines the default: ${listNames(streams)}`,
      'Select one with --stream-name.',
    )
  }
  const name = wanted === undefined ? `rhel-${(ocp?.major ?? 0) >= 5 ? 10 : 9}` : base(wanted)
  const stream =
    streams.find((each) => each.name === name) ?? streams.find((each) => each.name === wanted)
  const isDefault = wanted === undefined
  const from = isDefault
    ? `default of OCP ${ocp && printMajorMinor(ocp)}`
    : option === undefined
      ? `osImageStream of ${config}`
      : '--stream-name'
  if (stream) return { stream, reason: from }
  // A value of a file may be a secret.
  const missing = isDefault ? `${name}, the ${from}` : (option ?? `for ${from}`)
  throw new CheckFailure(
    `${file}: no stream ${missing}`,
    option === undefined && osImageStream !== undefined
      ? OTHER_SOURCE
      : `Use --stream-name with one of: ${listNames(streams)}.`,
  )
}

const OTHER_SOURCE = 'Use a source that has the stream.'

/** @throws InputError for another stream than the wanted one */
function isFallbackFor(
  { name, ownName, releases }: SourceStream,
  wanted: string,
  { file, kind }: ImageSource,
  { option, file: config }: StreamRequest,
): boolean {
  const isSame = name === undefined || [name, ownName].includes(wanted) || name === base(wanted)
  if (isSame) return false
  // A marketplace file for RHEL 10 can have images of RHEL 9 only.
  const isUnknown = kind === 'marketplace' && releases.size === 0
  if (isUnknown && majorIn(name) < majorIn(wanted)) return true
  const is = kind === 'marketplace' ? 'has images of' : 'is the stream'
  if (option !== undefined) {
    throw new InputError(
      `--stream-name ${quote(wanted)}: ${file} ${is} ${name}`,
      'Remove --stream-name, or use a source that has the stream.',
    )
  }
  throw new InputError(
    `${config}: osImageStream is another stream, as ${file} ${is} ${name}`,
    OTHER_SOURCE,
  )
}

function hasOwnImage({ name, images }: SourceStream): boolean {
  return images.some((image) => `rhel-${rhelMajor(image)}` === name)
}

export function majorIn(name: string | undefined): number {
  return Number(/^rhel-([0-9]+)/.exec(name ?? '')?.[1])
}

/** `rhel-10-nvidia` uses the images of rhel-10. */
function base(name: string): string {
  return /^rhel-[0-9]+(?=-)/.exec(name)?.[0] ?? name
}

function quote(name: string): string {
  return /^[A-Za-z0-9][\w.-]{0,40}$/.test(name) ? name : '(not a stream name)'
}

function listNames(streams: readonly SourceStream[]): string {
  return streams.map(({ name }) => name || '""').join(', ')
}
