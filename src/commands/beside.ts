import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Blobs } from '../files/git/blobs.ts'
import {
  type FileVersion,
  fileVersions,
  isLater,
  NoVersions,
  openBlobs,
} from '../files/git/versions.ts'
import { decodeText } from '../files/read.ts'
import { getReleases, type Releases, readStream } from '../index.ts'

/** A version of a file, and the releases that the stream beside it had then. */
export interface BesideVersion extends FileVersion {
  readonly releases?: Releases
}

/**
 * The versions of a file beside those of its target, newest first: what either's commits made of the
 * two. A commit that leaves the target's releases as they were counts for nothing; and so does one
 * that left the file as it was, while that tells releases of its own.
 *
 * @param isOpen whether a version of the file tells no releases of its own
 * @param say tells of a target that is not in git, which is passed over
 */
export async function* versionsBeside(
  folder: Folder,
  path: string,
  target: string,
  isOpen: (version: FileVersion) => Promise<boolean>,
  say: (line: string) => void,
): AsyncGenerator<BesideVersion> {
  const [versions, streams] = [fileVersions(folder, path), releaseVersions(folder, target)]
  try {
    let own = await next(versions)
    let beside = await next(streams).catch((error) => {
      if (!(error instanceof NoVersions)) throw error
      say(`${error.message}, so that no releases are taken from it`)
      return undefined
    })
    while (own !== undefined) {
      const isOfBoth = beside?.id === own.id
      const isOfTarget = beside && !isOfBoth && (await isLater(folder, beside, own, path))
      const { releases } = beside ?? {}
      if (!beside || !isOfTarget) yield { ...own, ...(releases && { releases }) }
      else if (await isOpen(own)) yield { ...beside, path: own.path, blob: own.blob }
      if (isOfBoth || isOfTarget) beside = await next(streams)
      if (!isOfTarget) own = await next(versions)
    }
  } finally {
    await Promise.all([versions.return(undefined), streams.return(undefined)])
  }
}

async function next<T>(versions: AsyncGenerator<T>): Promise<T | undefined> {
  const { value, done } = await versions.next()
  return done ? undefined : value
}

/** The versions of a stream that brought other releases, newest first. */
async function* releaseVersions(
  folder: Folder,
  target: string,
): AsyncGenerator<Required<BesideVersion>> {
  const blobs = openBlobs(folder, target)
  try {
    let later: Required<BesideVersion> | undefined
    for await (const version of fileVersions(folder, target)) {
      const releases = await releasesIn(version, blobs)
      if (releases === undefined) continue
      if (later && textOf(later.releases) !== textOf(releases)) yield later
      later = { ...version, blob: version.blob, releases }
    }
    if (later) yield later
  } finally {
    blobs.close()
  }
}

/** Undefined for what is no stream, such as one with marks of a merge conflict. */
async function releasesIn(
  { blob, path }: FileVersion,
  blobs: Blobs,
): Promise<Releases | undefined> {
  if (blob === undefined) return undefined
  const bytes = await blobs.read(blob, path)
  try {
    return getReleases(readStream(decodeText(bytes, path), path))
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

function textOf(releases: Releases): string {
  return JSON.stringify([...releases].sort())
}
