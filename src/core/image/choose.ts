import { CheckFailure, InputError } from '../../errors.ts'
import { printMajorMinor } from '../versions/version.ts'
import { type ImageSource, rhelMajor, type SourceStream } from './source.ts'

interface StreamRequest {
  /** The value of `--stream-name`. */
  readonly option?: string | undefined
  /** The stream that the manifest `file` names. */
  readonly osImageStream?: string | undefined
  readonly file?: string | undefined
}

interface Chosen {
  readonly stream: SourceStream
  /** Absent if the source has no other stream. */
  readonly reason?: string
}

/**
 * Chooses the stream that the option names, else the manifest, else the default of the OCP version.
 *
 * @throws InputError for contradictory options, CheckFailure without such a stream
 */
export function chooseStream(source: ImageSource, request: StreamRequest): Chosen {
  const { option, osImageStream, file } = request
  if (option !== undefined && osImageStream !== undefined && base(option) !== base(osImageStream)) {
    throw new InputError(
      `${file}: osImageStream differs from --stream-name`,
      'Remove --stream-name.',
    )
  }
  const wanted = option ?? osImageStream
  if (wanted === undefined) return chooseDefault(source)
  const place = option === undefined ? `osImageStream of ${file}` : '--stream-name'
  const { streams, kind } = source
  const stream = streams.find(({ name, ownName }) => {
    const isUnnamed = name === undefined
    return isUnnamed || name === base(wanted) || [name, ownName].includes(wanted)
  })
  if (stream) return { stream, ...(streams.length > 1 && { reason: place }) }
  const [only] = streams
  // A marketplace file for RHEL 10 can have images of RHEL 9 only.
  const isUnknown = kind === 'marketplace' && only?.releases.size === 0
  if (isUnknown && majorIn(only.name) < majorIn(wanted)) {
    return { stream: only, reason: `fallback for rhel-${majorIn(wanted)}` }
  }
  throw new CheckFailure(
    `${source.file}: no stream for ${place}, only ${listNames(streams)}`,
    option === undefined
      ? 'Use a source that has the stream.'
      : 'Use --stream-name with one of them.',
  )
}

function chooseDefault({ file, kind, streams, ocp }: ImageSource): Chosen {
  const [only] = streams
  if (only && streams.length === 1) return { stream: only }
  const [filled, ...more] = kind === 'snapshot' ? streams.filter(hasOwnImage) : []
  if (filled && more.length === 0)
    return { stream: filled, reason: `only images of ${filled.name}` }
  const name = ocp && `rhel-${ocp.major >= 5 ? 10 : 9}`
  const stream = streams.find((each) => name !== undefined && each.name === name)
  if (ocp && stream) return { stream, reason: `default of OCP ${printMajorMinor(ocp)}` }
  const why = ocp ? `no ${name}, the default of OCP ${printMajorMinor(ocp)}` : 'no OCP version'
  throw new InputError(
    `${file}: several streams and ${why}: ${listNames(streams)}`,
    'Select one with --stream-name.',
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

function listNames(streams: readonly SourceStream[]): string {
  return streams.map(({ name }) => name || '""').join(', ')
}
