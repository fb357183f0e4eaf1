import { CheckFailure, InputError } from '../../errors.ts'
import { printMajorMinor } from '../versions/version.ts'
import type { ImageSource, SourceStream } from './source.ts'

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
  const { file, streams, ocp } = source
  const wanted = option ?? osImageStream
  const [only] = streams
  if (only && streams.length === 1) {
    const isFallback = wanted !== undefined && isFallbackFor(only, wanted, source, request)
    return { stream: only, ...(isFallback && { reason: `fallback for rhel-${rhelMajor(wanted)}` }) }
  }
  const names = streams.map(({ name = '' }) => name)
  if (wanted === undefined && ocp === undefined) {
    throw new InputError(
      `${file}: several streams, and no OCP version that determines the default: ${listNames(names)}`,
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
  throw new CheckFailure(
    `${file}: no stream ${isDefault ? `${name}, the ${from}` : (option ?? `with the name in ${from}`)}`,
    option === undefined && osImageStream !== undefined
      ? OTHER_SOURCE
      : `Use --stream-name with one of: ${listNames(names)}.`,
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
  if (isUnknown && rhelMajor(name) < rhelMajor(wanted)) return true
  const is = kind === 'marketplace' ? 'has images of' : 'is the stream'
  if (option !== undefined) {
    throw new InputError(`--stream-name ${quote(wanted)}: ${file} ${is} ${name}`)
  }
  throw new InputError(
    `${config}: osImageStream differs from ${file}, which ${is} ${name}`,
    OTHER_SOURCE,
  )
}

function rhelMajor(name: string | undefined): number {
  return Number(/^rhel-([0-9]+)/.exec(name ?? '')?.[1])
}

/** `rhel-10-nvidia` uses the images of rhel-10. */
function base(name: string): string {
  return /^rhel-[0-9]+(?=-)/.exec(name)?.[0] ?? name
}

function quote(name: string): string {
  return /^[A-Za-z0-9][\w.-]{0,40}$/.test(name) ? name : '(not a stream name)'
}

function listNames(names: readonly string[]): string {
  return names.map((name) => name || '""').join(', ')
}
