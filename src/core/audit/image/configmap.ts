import { CheckFailure, InputError } from '../../../errors.ts'
import { isRecord, type JsonValue } from '../../json/document.ts'
import { readStream, type Stream } from '../../stream/stream.ts'

/** Whether a parsed file is a manifest and not a stream. */
export function isConfigMap(value: unknown): boolean {
  return isRecord(value as JsonValue) && (value as { kind?: unknown }).kind === 'ConfigMap'
}

/**
 * A stream of a `coreos-bootimages` ConfigMap.
 *
 * @param name which of `data.streams`; absent: `data.stream`
 * @throws InputError for a ConfigMap of something else
 * @throws CheckFailure where it has no such stream, with those that it has
 */
export function streamOfConfigMap(value: unknown, file: string, name?: string): Stream {
  const data = (value as { data?: unknown }).data as JsonValue | undefined
  const { stream, streams } = isRecord(data) ? data : {}
  if (typeof stream !== 'string') {
    throw new InputError(`${file}: not a ConfigMap of boot images: expected a text .data.stream`)
  }
  if (name === undefined) return readStream(stream, `${file}: .data.stream`)
  const all = typeof streams === 'string' ? parse(streams, file) : {}
  if (!isRecord(all) || !Object.hasOwn(all, name)) {
    const names = isRecord(all) ? Object.keys(all).join(', ') : ''
    throw new CheckFailure(`${file}: no stream ${name}`, `There is: ${names || 'none by name'}.`)
  }
  return readStream(JSON.stringify(all[name]), `${file}: .data.streams.${name}`)
}

function parse(text: string, file: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    throw new InputError(`${file}: .data.streams: expected JSON`)
  }
}
