import { fileVersions } from '../disk/git/versions.ts'
import { decodeText } from '../disk/read.ts'
import { InputError } from '../errors.ts'
import { type HistoryVersion, historyOf, type Version, type Window } from '../index.ts'
import type { Terminal } from './line/terminal.ts'

/**
 * The history of a file in git, for the commands that show one. Of a window no more is read than it
 * and the last version before it that can be read. Where a shallow clone begins is said.
 */
export async function readHistory(
  path: string,
  terminal: Terminal,
  window: Window = {},
): Promise<HistoryVersion[]> {
  const taken: Version[] = []
  for await (const { id, content, isCut, ...rest } of fileVersions(path)) {
    const isBefore = isFilled(taken, window) || isOlder(rest.date, window)
    const bytes = await content?.()
    const version = {
      commit: id,
      ...rest,
      ...(isCut && { isCut }),
      ...(bytes && { text: () => decodeText(bytes, rest.path) }),
    }
    taken.push(version)
    if (isCut) {
      terminal.say(
        `${path}: the clone is shallow: what ${id.slice(0, 7)} did, and what was before it, is not known; git fetch --unshallow brings it`,
      )
    }
    if (isBefore && isReadable(version)) break
  }
  return historyOf(taken.reverse(), window)
}

function isFilled(taken: readonly Version[], { maxCount }: Window): boolean {
  return maxCount !== undefined && taken.length >= maxCount
}

function isOlder(date: string, { since }: Window): boolean {
  return since !== undefined && Date.parse(date) < Date.parse(since)
}

function isReadable(version: Version): boolean {
  if (version.text === undefined) return false
  try {
    historyOf([version])
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}
