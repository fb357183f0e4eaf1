import { type ImageSource, readImageSource, withMarketplace } from '../core/image/source.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readMajorMinor } from '../core/versions/version.ts'
import { nearest } from '../core/workspace/nearest.ts'
import { type StreamConfig, WORKSPACE_FILE } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import { type Folder, STDIN } from '../files/folder.ts'
import { findStreamOf, findWorkspace, marketplaceFilesFor } from './workspace.ts'

/**
 * Reads what names images: a file, stdin for `-`, or a stream of the workspace by its name. A stream
 * is read together with its marketplace file: that of the workspace, else, if the stream has no
 * images, the one next to it.
 */
export async function openImageSource(folder: Folder, source: string): Promise<ImageSource> {
  const opened = await findWorkspace(folder)
  const streams = opened?.streams ?? new Map<string, StreamConfig>()
  const named = folder.exists(source) ? undefined : streams.get(source)
  const file = named ? (named.target ?? named.snapshot) : source
  const text = await (file === STDIN ? folder.read : folder.readIfExists)(file)
  if (text === undefined) throw noSource(file, named ? [] : [...streams.keys()])
  const found = await readImageSource(text, file === STDIN ? 'stdin' : file)
  if (found.kind !== 'stream' || file === STDIN) return found
  const config = named ?? findStreamOf(opened, folder, file)?.[1]
  const hasImages = found.streams.some(({ images }) => images.length > 0)
  const candidates = hasImages ? [] : marketplaceFilesFor(file)
  const marketplace =
    config?.marketplaceFile ?? candidates.find((candidate) => folder.exists(candidate))
  const images = marketplace && (await folder.readIfExists(marketplace))
  return withMarketplace(
    found,
    marketplace && images ? MarketplaceFile.read(images, marketplace) : undefined,
    readMajorMinor(config?.ocp ?? ''),
  )
}

function noSource(source: string, names: readonly string[]): InputError {
  const meant = nearest(source, names)
  return names.length === 0
    ? new InputError(`${source}: no such file`)
    : new InputError(
        `${source}: no such file, and no stream of ${WORKSPACE_FILE}`,
        meant ? `Did you mean ${meant}?` : `Name a file, or one of ${names.join(', ')}.`,
      )
}
