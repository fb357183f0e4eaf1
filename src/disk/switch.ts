/**
 * Replaces several files of one folder at once. No call renames two files, so for a moment each is a
 * link through one folder link, `current`, and turning that from `old` to `new` turns all of them:
 *
 *     NAME -> .LAST.switch/current/NAME      current -> old | new
 *
 * At every moment, whatever is killed, a reader finds all files old or all of them new. What is left
 * of a switch that was cut short is put right by `settle`, before the next one.
 */
import fs from 'node:fs'
import { basename, join } from 'node:path'
import { syncFolder, writeDurably } from './durable.ts'
import { hasCode } from './error.ts'
import { isOfSwitch, switchFolder, type Target } from './target.ts'

export interface Replacement {
  readonly target: Target
  readonly text: string
}

/** Files whose new content is on the disk beside them. */
export interface Prepared {
  /** Replaces the files, or throws an error of the file system and leaves them as they were. */
  commit(): void
  /** Leaves the files as they are. */
  abandon(): void
}

/** Prepares a switch of files of one folder; undefined where the file system has no links. */
export function prepareSwitch(replacements: readonly Replacement[]): Prepared | undefined {
  const last = replacements.at(-1)?.target
  if (last === undefined) return undefined
  const abandon = () => settle(last)
  try {
    if (!prepare(switchFolder(last), replacements)) {
      abandon()
      return undefined
    }
  } catch (error) {
    abandon()
    throw error
  }
  return { commit: () => commit(last, replacements), abandon }
}

function commit(last: Target, replacements: readonly Replacement[]): void {
  const { folder } = last
  const place = switchFolder(last)
  try {
    for (const { target } of replacements) {
      const link = join(place, `link-${target.name}`)
      fs.symlinkSync(`${basename(place)}/current/${target.name}`, link)
      fs.renameSync(link, join(folder, target.name))
    }
    syncFolder(folder)
    fs.symlinkSync('new', join(place, 'next'))
    fs.renameSync(join(place, 'next'), join(place, 'current'))
    syncFolder(place)
  } finally {
    // Forwards after the turn of `current`, backwards before it.
    settle(last)
  }
}

/** Puts everything in place beside the files, which stay as they are. */
function prepare(place: string, replacements: readonly Replacement[]): boolean {
  const [older, newer] = [join(place, 'old'), join(place, 'new')]
  for (const each of [place, older, newer]) fs.mkdirSync(each)
  try {
    fs.symlinkSync('old', join(place, 'current'))
    for (const { target } of replacements) {
      const file = join(target.folder, target.name)
      if (fs.existsSync(file)) fs.linkSync(file, join(older, target.name))
    }
  } catch (error) {
    if (hasCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK')) return false
    throw error
  }
  for (const { target, text } of replacements) {
    const like = fs.statSync(join(target.folder, target.name), { throwIfNoEntry: false })
    writeDurably(join(newer, target.name), text, like)
  }
  for (const each of [older, newer, place]) syncFolder(each)
  return true
}

/**
 * Ends a switch that was cut short: files in the place of its links, nothing beside them. Only the
 * one who may replace these files may call it.
 */
export function settle(last: Target): void {
  const place = switchFolder(last)
  if (!fs.existsSync(place)) return
  const names = ['old', 'new'].flatMap((side) => list(join(place, side)))
  for (const name of new Set(names)) {
    const file = join(last.folder, name)
    if (!isOfSwitch(file)) continue
    const content = join(place, 'current', name)
    if (fs.existsSync(content)) fs.renameSync(content, file)
    else fs.rmSync(file)
  }
  syncFolder(last.folder)
  fs.rmSync(place, { recursive: true, force: true })
  syncFolder(last.folder)
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
