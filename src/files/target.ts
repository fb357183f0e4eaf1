import fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { InputError } from '../errors.ts'
import { fileError } from './error.ts'

/** Where a file is written: its own place, whatever links lead there. */
export interface Target {
  /** As the command line names it, for errors. */
  readonly file: string
  readonly folder: string
  readonly name: string
}

/**
 * Follows links, so that they stay, to the file that is to be written.
 *
 * @throws InputError for what is there and is no file, and for a link that points nowhere
 */
export function targetOf(file: string, path = file): Target {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink()) {
    const end = followed(file, path)
    return { file, folder: dirname(end), name: basename(end) }
  }
  if (stat?.isDirectory()) throw new InputError(`${file}: is a directory, expected a file`)
  if (stat && !stat.isFile()) {
    throw new InputError(`${file}: is no regular file`)
  }
  return { file, folder: fs.realpathSync.native(dirname(path)), name: basename(path) }
}

/** The same, with what the file system says against it as an InputError too. */
export function checkedTarget(file: string, path = file): Target {
  try {
    return targetOf(file, path)
  } catch (error) {
    throw fileError(file, error)
  }
}

/** @throws InputError for what cannot be written as a file, and where its folder is not there */
export function checkTarget(file: string, path = file): void {
  if (!fs.existsSync(dirname(path))) {
    throw new InputError(`${file}: no such folder: ${dirname(file)}`, 'Make it first.')
  }
  checkedTarget(file, path)
}

function followed(file: string, path: string): string {
  if (fs.existsSync(path)) {
    const end = fs.realpathSync.native(path)
    const stat = fs.statSync(end)
    if (stat.isFile()) return end
    throw new InputError(
      `${file}: ${stat.isDirectory() ? 'is a directory, expected a file' : 'is no regular file'}`,
    )
  }
  throw new InputError(`${file}: is a link that points nowhere, to ${fs.readlinkSync(path)}`)
}
