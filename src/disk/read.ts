import { isAscii, isUtf8 } from 'node:buffer'
import fs from 'node:fs'
import { dirname, sep } from 'node:path'
import { InputError } from '../errors.ts'
import { fileError, hasCode } from './error.ts'

/** In bytes: two million images; a text of twice that is longer than any that there can be. */
const LONGEST_FILE = 400 * 1024 * 1024

/** Reads an input file's text. @throws InputError naming the file and what is wrong with it */
export async function readInput(file: string): Promise<string> {
  const text = await readIfThere(file)
  if (text === undefined) throw fileError(file, { code: 'ENOENT' })
  return text
}

/** The same for a file that need not be there: undefined where it is not. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readText(file)
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
  beside: string,
): Promise<[string, string | undefined]> {
  for (;;) {
    const text = await readInput(file)
    const other = await readBeside(beside)
    if (text === (await readInput(file))) return [text, other]
  }
}

/**
 * Reads a file that another one names: it has to lie beside that one, so that nobody's link makes
 * us read something else. Undefined where it is not there.
 *
 * @throws InputError for a link that leads out of the folder
 */
export async function readBeside(file: string): Promise<string | undefined> {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) {
    const end = fs.existsSync(file) ? fs.realpathSync(file) : undefined
    const folder = fs.realpathSync(dirname(file))
    if (end === undefined || !end.startsWith(folder + sep)) {
      throw new InputError(`${file}: is a link that leads elsewhere, expected a file`)
    }
  }
  return readIfThere(file)
}

/** A device may have no end, and a file may be too long to hold. */
async function readText(file: string): Promise<string> {
  const stat = fs.statSync(file)
  if (stat.isCharacterDevice() || stat.isBlockDevice()) {
    throw new InputError(`${file}: is a device, expected a file`)
  }
  // What lies on a disk says how long it is, and is there at once.
  const isPlain = stat.isFile() && stat.size > 0
  if (!isPlain && !stat.isDirectory()) return decodeText(await readToEnd(file), file)
  if (stat.size > LONGEST_FILE) throw tooLong(file)
  return decodeText(fs.readFileSync(file), file)
}

async function readToEnd(file: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of fs.createReadStream(file)) {
    length += chunk.length
    if (length > LONGEST_FILE) throw tooLong(file)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLong(file: string): InputError {
  return new InputError(`${file}: longer than ${LONGEST_FILE / 1024 / 1024} MB`)
}

/** Bytes that are no UTF-8 would come back as others. Plain ASCII is read in a third of the time. */
export function decodeText(bytes: Buffer, file: string): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new InputError(`${file}: not UTF-8 text`)
}
