import fs from 'fs-extra'
import { InputError } from '../errors.ts'

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory, expected a file',
  EACCES: 'permission denied',
  ENOTDIR: 'no such file: a part of its path is no directory',
}

/** Reads an input file's text. @throws InputError naming the file and what is wrong with it */
export async function readInput(file: string): Promise<string> {
  const text = await readIfThere(file)
  if (text === undefined) throw new InputError(`${file}: ${CAUSES.ENOENT}`)
  return text
}

/** The same for a file that need not be there: undefined where it is not. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return decodeText(await fs.readFile(file), file)
  } catch (error) {
    if (error instanceof InputError) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fileError(file, error)
  }
}

/** Bytes that are no UTF-8 would come back as others, and a byte order mark would vanish. */
export function decodeText(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new InputError(`${file}: not UTF-8 text`)
  }
}

/** An error of the file system in one line. */
export function fileError(file: string, error: unknown): InputError {
  const { code = '', message } = error as NodeJS.ErrnoException
  return new InputError(`${file}: ${CAUSES[code] ?? message}`, undefined, { cause: error })
}
