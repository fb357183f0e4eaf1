import { isConfigMap, streamOfConfigMap } from '../core/audit/image/configmap.ts'
import type { Holder } from '../core/layouts/holder.ts'
import { readInput, readStandardInput, STANDARD_INPUT } from '../disk/read.ts'
import { InputError } from '../errors.ts'
import { readImageSource } from '../index.ts'

/**
 * Reads whatever names images: a stream, a marketplace file, a ConfigMap of boot images as YAML or
 * JSON, or one of them from standard input.
 *
 * @param file a file, or standard input's name
 * @param streamName which stream of a ConfigMap
 */
export async function readStreamSource(file: string, streamName?: string): Promise<Holder> {
  const text = await (file === STANDARD_INPUT ? readStandardInput() : readInput(file))
  const manifest = await readManifest(text, file)
  if (manifest !== undefined) return streamOfConfigMap(manifest, file, streamName)
  if (streamName !== undefined) {
    throw new InputError(`--stream-name: ${file} is no ConfigMap of several streams`)
  }
  return readImageSource(text, file)
}

/** Undefined for what is no ConfigMap. YAML is looked for where there can be no JSON. */
async function readManifest(text: string, file: string): Promise<unknown> {
  if (/^\s*[[{]/.test(text)) {
    if (!/"ConfigMap"/.test(text)) return undefined
    const value = parseQuietly(text)
    return isConfigMap(value) ? value : undefined
  }
  if (!/^kind: *['"]?ConfigMap/m.test(text)) return undefined
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault) throw new InputError(`${file}: ${fault.message.split('\n')[0]}`)
  const value: unknown = document.toJS({ maxAliasCount: 0 })
  return isConfigMap(value) ? value : undefined
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
