import type { Document } from 'yaml'
import { isConfigMap, streamOfConfigMap } from '../core/audit/image/configmap.ts'
import type { ImageFile } from '../core/stream/marketplace.ts'
import { InputError } from '../errors.ts'
import { readInput, readStandardInput, STANDARD_INPUT } from '../files/read.ts'
import { readImageSource } from '../index.ts'

/**
 * Reads whatever names images: a stream, a marketplace file, a ConfigMap of boot images as YAML or
 * JSON, or one of them from standard input.
 *
 * @param file a file, or standard input's name
 * @param streamName which stream of a ConfigMap
 * @param revision of git, as the file was then
 */
export async function readStreamSource(
  file: string,
  streamName?: string,
  revision?: string,
): Promise<ImageFile> {
  const text = await textOf(file, revision)
  const manifest = await readManifest(text, file)
  if (manifest !== undefined) return streamOfConfigMap(manifest, file, streamName)
  if (streamName !== undefined) {
    throw new InputError(`--stream-name: ${file} is no ConfigMap of several streams`)
  }
  return readImageSource(text, file)
}

async function textOf(file: string, revision: string | undefined): Promise<string> {
  if (revision !== undefined) {
    const { readAsOf } = await import('../files/git/revision.ts')
    return readAsOf(revision, file)
  }
  return file === STANDARD_INPUT ? readStandardInput() : readInput(file)
}

/** Undefined for what is no ConfigMap. YAML is looked for where there can be no JSON. */
async function readManifest(text: string, file: string): Promise<unknown> {
  if (/^\s*[[{]/.test(text)) {
    if (!/"ConfigMap"/.test(text)) return undefined
    const value = parseQuietly(text)
    return isConfigMap(value) ? value : undefined
  }
  if (!/^kind: *['"]?ConfigMap/m.test(text)) return undefined
  const { findDocument } = await import('../core/audit/image/merge.ts')
  const isWanted = (document: Document) => document.get('kind') === 'ConfigMap'
  const document = findDocument(text, file, 'a ConfigMap', isWanted)
  try {
    return document?.toJS({ maxAliasCount: 0 })
  } catch {
    throw new InputError(`${file}: has aliases, which are not followed`, 'Write them out.')
  }
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
