import { InputError } from '../errors.ts'

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory, expected a file',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOTDIR: 'no such file: a part of its path is no directory',
  EROFS: 'on a file system that is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'no space left: the quota is used up',
  ELOOP: 'links that lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENXIO: 'is a socket or a pipe, expected a file',
  ETXTBSY: 'is being run',
  EBUSY: 'is in use',
}

/** What people name in the place of a file. */
const SLIPS: readonly (readonly [name: RegExp, remedy: string])[] = [
  [/^https?:\/\//i, 'Files are read here, and no URLs: download it first.'],
]

/** An error of the file system in one line. */
export function fileError(file: string, error: unknown): InputError {
  if (error instanceof InputError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const cause = Object.hasOwn(CAUSES, code) ? CAUSES[code] : message
  const remedy = code === 'ENOENT' ? SLIPS.find(([slip]) => slip.test(file))?.[1] : undefined
  return new InputError(`${file}: ${cause}`, remedy, { cause: error })
}

/** Whether an error of the file system has one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '')
}
