import fs from 'node:fs'
import { hasCode } from './error.ts'

/**
 * Writes a new file and waits until it is on the disk.
 *
 * @param like the file that it is to replace, whose mode and, where allowed, owner it takes
 */
export function writeDurably(file: string, text: string, like: fs.Stats | undefined): void {
  const descriptor = fs.openSync(file, 'wx', like === undefined ? 0o666 : 0o600)
  try {
    fs.writeFileSync(descriptor, text)
    if (like) {
      keepOwner(descriptor, like)
      // After the owner, whose change takes special bits away.
      fs.fchmodSync(descriptor, like.mode & 0o7777)
    }
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function keepOwner(descriptor: number, like: fs.Stats): void {
  const { uid, gid } = fs.fstatSync(descriptor)
  if (uid === like.uid && gid === like.gid) return
  try {
    fs.fchownSync(descriptor, like.uid, like.gid)
  } catch (error) {
    // Only root gives files away; the content matters more.
    if (!hasCode(error, 'EPERM', 'EINVAL', 'ENOSYS')) throw error
  }
}

/** Makes sure that what a folder lists, such as a rename, is on the disk. */
export function syncFolder(folder: string): void {
  let descriptor: number
  try {
    descriptor = fs.openSync(folder, 'r')
  } catch (error) {
    // Windows opens no folders, and another's need not be readable.
    if (hasCode(error, 'EPERM', 'EISDIR', 'EACCES')) return
    throw error
  }
  try {
    fs.fsyncSync(descriptor)
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'EPERM', 'ENOTSUP', 'EROFS')) throw error
  } finally {
    fs.closeSync(descriptor)
  }
}
