import { lstatSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The folder for compiled code, which Node runs unseen: a folder that only the user can write to, or
 * none.
 */
export function compileCacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  const { XDG_CACHE_HOME, HOME } = env
  const root = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  if (!root || isPrivate(root) !== true) return undefined
  const folder = join(root, 'stream-snapshot')
  return isPrivate(folder) === false ? undefined : folder
}

/** Undefined for a folder that does not exist. */
function isPrivate(folder: string): boolean | undefined {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0
}
