import { InputError } from '../errors.ts'

type Cause = readonly [cause: string, remedy?: string]

const CAUSES: Readonly<Record<string, Cause>> = {
  ENOENT: ['no such file'],
  EISDIR: ['is a directory, expected a file', 'Use the path of a file.'],
  EACCES: ['permission denied', 'Change the permissions of the file, or use another file.'],
  EPERM: ['not permitted', 'Change the permissions of the file, or use another file.'],
  ENOTDIR: ['no such file: a part of its path is not a directory', 'Correct the path.'],
  EROFS: ['read-only file system', 'Use another folder.'],
  ENOSPC: ['no space left on the device', 'Delete other files.'],
  EDQUOT: ['no space left: disk quota exceeded', 'Delete other files.'],
  ELOOP: ['a link that leads to itself', 'Correct the link.'],
  ENAMETOOLONG: ['file name too long', 'Use a shorter name.'],
  EBUSY: ['in use or a mount point', 'Mount the folder of the file, not the file itself.'],
  EMFILE: ['too many open files', 'Raise the limit, for example with ulimit -n 1024.'],
  ENFILE: ['too many open files on this machine', 'Close other programs, or raise the limit.'],
  ENOMEM: ['out of memory', 'Raise the memory limit.'],
}

/** A value that is not a path may be a secret. */
export function printPath(file: string): string {
  return /["{}\n]/.test(file) ? '(not a path)' : file
}

export function fileError(file: string, error: unknown): InputError {
  if (error instanceof InputError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const [cause, remedy] = (Object.hasOwn(CAUSES, code) && CAUSES[code]) || [message]
  const isUrl = code === 'ENOENT' && /^https?:\/\//i.test(file)
  return new InputError(`${printPath(file)}: ${cause}`, isUrl ? 'Download it first.' : remedy, {
    cause: error,
  })
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '')
}

export function attempt<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw fileError(file, error)
  }
}
