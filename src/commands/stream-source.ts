import type { Document } from 'yaml'
import { isConfigMap, streamOfConfigMap } from '../core/audit/image/configmap.ts'
import type { ImageFile } from '../core/stream/marketplace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { readImageSource } from '../index.ts'

/**
 * Reads whatever names images: a stream, a marketplace file, a ConfigMap of boot images as YAML or
 * JSON, or one of them from standard input.
 *
 * @param file `-` for stdin
 * @param streamName which stream of a ConfigMap
 * @param revision of git, as the file was then
 */
export async function readStreamSource(
  folder: Folder,
  file: string,
  streamName?: string,
  revision?: string,
): Promise<ImageFile> {
  const text = await readText(folder, file, revision)
  const manifest = await readManifest(text, file)
  if (manifest !== undefined) return streamOfConfigMap(manifest, file, streamName)
  if (streamName !== undefined) {
    throw new InputError(`--stream-name: ${file} is no ConfigMap of several streams`)
  }
  return readImageSource(text, file)
}

async function readText(
  folder: Folder,
  file: string,
  revision: string | undefined,
): Promise<string> {
  if (revision !== undefined) {
    const { readAsOf } = await import('../files/git/revision.ts')
    return readAsOf(folder, revision, file)
  }
  return folder.read(file)
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
