import {
  type HistoryVersion,
  Life,
  type Version,
  type Window,
  within,
} from '../core/audit/history/history.ts'
import type { Folder } from '../files/folder.ts'
import type { Blobs } from '../files/git/blobs.ts'
import { type FileVersion, fileVersions, openBlobs } from '../files/git/versions.ts'
import { decodeText } from '../files/read.ts'
import { type BesideVersion, versionsBeside } from './beside.ts'
import type { Context } from './command.ts'
import { text } from './option.ts'

export const TARGET_OPTION = text(
  'Take the releases from this stream, as each commit had it, where there are no builds',
)

/**
 * The history of a file in git, oldest first, for the commands that show one: one version is read at
 * a time. Of a window no more is read than it and the last version before it that can be read. Where
 * a shallow clone begins is said.
 *
 * @param target the stream that is made of it, which has the releases where the file has none
 * @throws InputError where no version can be read, before the first is given
 */
export async function* readHistory(
  path: string,
  { folder, terminal }: Pick<Context, 'folder' | 'terminal'>,
  window: Window = {},
  target?: string,
): AsyncGenerator<HistoryVersion> {
  const blobs = openBlobs(folder, path)
  try {
    const versions = (
      await take(versionsOf(folder, path, target, blobs, terminal), window, blobs)
    ).reverse()
    for (const { id, isCut } of versions) if (isCut) terminal.say(shallow(path, id))
    const wanted = new Set(within(versions, window))
    blobs.ask(versions.flatMap(({ blob }) => blob ?? []))
    const life = new Life()
    let waiting: HistoryVersion[] = []
    for (const version of versions) {
      const told = life.tell(await read(version, blobs))
      if (wanted.has(version)) waiting.push(told)
      if (!life.isReadable) continue
      yield* waiting
      waiting = []
    }
    life.expectReadable()
    if (life.isUnmeasured) {
      terminal.say(
        `${path}: tells no build, so of each slot the most recent image counts; --target FILE names a stream that has the releases`,
      )
    }
  } finally {
    blobs.close()
  }
}

function versionsOf(
  folder: Folder,
  path: string,
  target: string | undefined,
  blobs: Blobs,
  { say }: Context['terminal'],
): AsyncIterable<BesideVersion> {
  if (target === undefined) return fileVersions(folder, path)
  const isOpen = async (version: FileVersion) => {
    if (version.blob === undefined) return false
    blobs.ask([version.blob])
    const life = new Life()
    life.tell(await read(version, blobs))
    return life.isUnmeasured
  }
  return versionsBeside(folder, path, target, isOpen, say)
}

/** The newest versions, down to the first before the window that can be read. */
async function take(
  versions: AsyncIterable<BesideVersion>,
  window: Window,
  blobs: Blobs,
): Promise<BesideVersion[]> {
  const taken: BesideVersion[] = []
  for await (const version of versions) {
    const isBefore = isFilled(taken, window) || isOlder(version.date, window)
    taken.push(version)
    if (!isBefore || version.blob === undefined) continue
    blobs.ask([version.blob])
    if (isReadable(await read(version, blobs))) break
  }
  return taken
}

/** @param blobs what was asked for it */
async function read({ id, blob, isCut, ...rest }: BesideVersion, blobs: Blobs): Promise<Version> {
  const bytes = blob === undefined ? undefined : await blobs.next(rest.path)
  return {
    commit: id,
    ...rest,
    ...(isCut && { isCut }),
    ...(bytes && { text: () => decodeText(bytes, rest.path) }),
  }
}

function shallow(path: string, id: string): string {
  return `${path}: the clone is shallow: what ${id.slice(0, 7)} did, and what was before it, is not known; git fetch --unshallow brings it`
}

function isFilled(taken: readonly FileVersion[], { maxCount }: Window): boolean {
  return maxCount !== undefined && taken.length >= maxCount
}

function isOlder(date: string, { since }: Window): boolean {
  return since !== undefined && Date.parse(date) < Date.parse(since)
}

function isReadable(version: Version): boolean {
  const life = new Life()
  life.tell(version)
  return life.isReadable
}
