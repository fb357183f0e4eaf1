import { type ImageSource, readImageSource, withMarketplace } from '../core/image/source.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readMajorMinor } from '../core/versions/version.ts'
import { nearest } from '../core/workspace/nearest.ts'
import { type StreamConfig, WORKSPACE_FILE } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import { type Folder, STDIN } from '../files/folder.ts'
import { marketplaceFilesFor } from './marketplace-file.ts'
import { findStreamOf, findWorkspace } from './workspace.ts'

/**
 * Reads what names images: a file, stdin for `-`, or a stream of the workspace by its name. A stream
 * is read together with its marketplace file: that of the workspace, else the one next to it.
 *
 * @param revision of git, to read the files as they were then
 */
export async function openImageSource(
  folder: Folder,
  source: string,
  revision?: string,
): Promise<ImageSource> {
  const read = await reader(folder, revision)
  const opened = await findWorkspace(folder)
  const streams = opened?.streams ?? new Map<string, StreamConfig>()
  const named = folder.exists(source) ? undefined : streams.get(source)
  const file = named ? (named.target ?? named.snapshot) : source
  const text = await read(file)
  if (text === undefined) throw noSource(file, named ? [] : [...streams.keys()])
  const found = await readImageSource(text, file === STDIN ? 'stdin' : file)
  if (found.kind !== 'stream' || file === STDIN) return found
  const config = named ?? findStreamOf(opened, folder, file)?.[1]
  const marketplace = await marketplaceFor(file, config, found, read)
  const ocp = readMajorMinor(config?.ocp ?? '')
  return withMarketplace(found, marketplace, ocp)
}

type Read = (file: string) => Promise<string | undefined>

async function reader(folder: Folder, revision: string | undefined): Promise<Read> {
  if (revision === undefined) {
    return (file) => (file === STDIN ? folder.read(file) : folder.readIfExists(file))
  }
  const { readAsOf } = await import('../files/git/revision.ts')
  return (file) => readAsOf(folder, revision, file)
}

/** The marketplace file of the workspace; without one, a file next to a stream without images. */
async function marketplaceFor(
  file: string,
  config: StreamConfig | undefined,
  { streams }: ImageSource,
  read: Read,
): Promise<MarketplaceFile | undefined> {
  const hasImages = streams.some(({ images }) => images.length > 0)
  const candidates =
    config?.marketplaceFile === undefined
      ? hasImages
        ? []
        : marketplaceFilesFor(file)
      : [config.marketplaceFile]
  for (const candidate of candidates) {
    const text = await read(candidate)
    if (text !== undefined) return MarketplaceFile.read(text, candidate)
  }
  return undefined
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
