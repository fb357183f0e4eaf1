import {
  type ImageSource,
  readImageSource,
  withBuilds,
  withMarketplace,
} from '../core/image/source.ts'
import { readShape } from '../core/snapshot/read.ts'
import { capturedClouds, getImages } from '../core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readStream } from '../core/stream/stream.ts'
import { readMajorMinor } from '../core/versions/version.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { type Folder, STDIN } from '../files/folder.ts'
import { findMarketplaceFile, findWorkspace, ownerIn, streamFilesFor } from './workspace.ts'

/**
 * Reads a file with images, stdin for `-`, or a stream of the workspace by its name. A stream is read
 * with its marketplace file: that of the workspace or, if the stream has no images, the one next to it.
 * A marketplace file is likewise read with its stream.
 *
 * @throws InputError for a missing or invalid file
 */
export async function openImageSource(folder: Folder, source: string): Promise<ImageSource> {
  const opened = await findWorkspace(folder)
  const named = folder.exists(source) ? undefined : opened?.streams.get(source)
  const file = named ? (named.target ?? named.snapshot) : source
  const text = await folder.read(file)
  const found = await readImageSource(text, file === STDIN ? 'stdin' : file)
  if (file === STDIN) return found
  const { name, config } = ownerIn(opened, folder, file) ?? {}
  const complete = found.kind === 'stream' ? withImages : withTarget
  const whole = await complete(found, folder, file, config)
  if (!config || !name || whole.streams.some(({ images }) => images.length > 0)) return whole
  return { ...whole, remedy: await remedyFor(folder, name, config) }
}

async function withImages(
  stream: ImageSource,
  folder: Folder,
  file: string,
  config: StreamConfig | undefined,
): Promise<ImageSource> {
  const hasImages = stream.streams.some(({ images }) => images.length > 0)
  const marketplace = hasImages
    ? config?.marketplaceFile
    : findMarketplaceFile(folder, file, config)
  const images = marketplace && (await folder.readIfExists(marketplace))
  return withMarketplace(
    stream,
    marketplace && images ? MarketplaceFile.read(images, marketplace) : undefined,
    readMajorMinor(config?.ocp ?? ''),
  )
}

async function withTarget(
  source: ImageSource,
  folder: Folder,
  file: string,
  config: StreamConfig | undefined,
): Promise<ImageSource> {
  const hasBuilds = source.streams.some(({ releases }) => releases.size > 0)
  const candidates = source.kind === 'marketplace' ? streamFilesFor(file) : []
  const target = config?.target ?? candidates.find((each) => folder.exists(each))
  const text = target && !hasBuilds && (await folder.readIfExists(target))
  return target && text
    ? withBuilds(
        source,
        readStream(text, target),
        readMajorMinor(config?.ocp ?? ''),
        config?.require ?? 'any',
      )
    : source
}

/** Undefined for a stream without marketplace images. */
async function remedyFor(
  folder: Folder,
  name: string,
  { layouts, snapshot }: StreamConfig,
): Promise<string | undefined> {
  if (layouts?.length === 0) return undefined
  const text = await folder.readIfExists(snapshot)
  const captured = text === undefined ? undefined : readShape(text, snapshot)
  const queried = captured ? capturedClouds(captured) : []
  if (captured && queried.some((cloud) => getImages(captured, cloud).length > 0)) {
    return `Run stream-snapshot regenerate ${name}.`
  }
  return queried.length === 0
    ? `Run stream-snapshot update ${name}.`
    : `Run stream-snapshot update ${name} to query ${queried.join(', ')} again, as no marketplace images were found.`
}
