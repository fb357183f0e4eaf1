import { isAscii, isUtf8 } from 'node:buffer'
import fs from 'node:fs'
import { dirname, sep } from 'node:path'
import { InputError } from '../errors.ts'
import { fileError, hasCode } from './error.ts'

/** In bytes: a hundred times the longest snapshot; what it becomes in memory is forty times that. */
export const LONGEST_FILE = 64 * 1024 * 1024

/**
 * Reads an input file's text.
 *
 * @param file as the user typed it, for errors
 * @param path where it is
 * @throws InputError naming the file and what is wrong with it
 */
export async function readInput(file: string, path = file): Promise<string> {
  const text = await readIfExists(file, path)
  if (text === undefined) throw fileError(file, { code: 'ENOENT' })
  return text
}

/** The same for a file that need not be there: undefined where it is not. */
export async function readIfExists(file: string, path = file): Promise<string | undefined> {
  try {
    return await readText(file, path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw fileError(file, error)
  }
}

/**
 * Reads two files that belong together, such that no writer replaced them in between.
 *
 * @returns the texts; undefined for the second where it is not there
 */
export async function readTogether(
  file: string,
  sibling: string,
  at: (path: string) => string,
): Promise<[string, string | undefined]> {
  for (;;) {
    const text = await readInput(file, at(file))
    const other = await readSibling(sibling, at(sibling))
    if (text === (await readInput(file, at(file)))) return [text, other]
  }
}

/**
 * Reads a file that another one names: it has to lie beside that one, so that nobody's link makes
 * us read something else. Undefined where it is not there.
 *
 * @throws InputError for a link that leads out of the folder
 */
export async function readSibling(file: string, path = file): Promise<string | undefined> {
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    const end = fs.existsSync(path) ? fs.realpathSync(path) : undefined
    const folder = fs.realpathSync(dirname(path))
    if (end === undefined || !end.startsWith(folder + sep)) {
      throw new InputError(`${file}: is a link that leads elsewhere, expected a file`)
    }
  }
  return readIfExists(file, path)
}

/** Opened without blocking, as a pipe may have nobody who writes, and looked at before it is read. */
async function readText(file: string, path: string): Promise<string> {
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  try {
    const stat = fs.fstatSync(descriptor)
    if (!stat.isFile()) throw new InputError(`${file}: is ${kindOf(stat)}, expected a file`)
    if (stat.size > LONGEST_FILE) throw tooLong(file)
    return decodeText(fs.readFileSync(descriptor), file)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** @throws InputError for a file whose reader may wait without end; of one that nobody can look at nothing */
export function refuseEndless(file: string): void {
  let stat: fs.Stats
  try {
    stat = fs.statSync(file)
  } catch {
    return
  }
  if (stat.isFIFO() || stat.isSocket() || stat.isCharacterDevice()) {
    throw new InputError(`${file}: is ${kindOf(stat)}, expected a file`)
  }
}

function kindOf(stat: fs.Stats): string {
  if (stat.isDirectory()) return 'a directory'
  if (stat.isFIFO()) return 'a pipe'
  if (stat.isSocket()) return 'a socket'
  return 'a device'
}

/** Reads a stream of bytes to its end. @throws InputError if it is too long or not UTF-8 */
export async function readStream(stream: AsyncIterable<Buffer>, name: string): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > LONGEST_FILE) throw tooLong(name)
    chunks.push(chunk)
  }
  return decodeText(Buffer.concat(chunks), name)
}

export function tooLong(file: string): InputError {
  return new InputError(`${file}: longer than ${LONGEST_FILE / 1024 / 1024} MB`)
}

/** Bytes that are no UTF-8 would come back as others. Plain ASCII is read in a third of the time. */
export function decodeText(bytes: Buffer, file: string): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new InputError(`${file}: not UTF-8 text`)
}
