import { isAscii, isUtf8 } from 'node:buffer'
import fs from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { InputError } from '../errors.ts'
import { fileError, hasCode } from './error.ts'
import { findRepository } from './paths.ts'

/** In bytes: 100 times the longest snapshot. */
export const LONGEST_FILE = 64 * 1024 * 1024

export async function readInput(file: string, path: string): Promise<string> {
  const text = await readIfExists(file, path)
  if (text === undefined) throw missingFile(file, path)
  return text
}

export async function readIfExists(file: string, path: string): Promise<string | undefined> {
  try {
    const stat = fs.statSync(path)
    if (!stat.isFile()) {
      const kind = stat.isDirectory() ? 'a directory' : stat.isFIFO() ? 'a pipe' : 'a device'
      throw new InputError(`${file}: is ${kind}, expected a file`)
    }
    if (stat.size > LONGEST_FILE) throw tooLong(file)
    return decodeText(fs.readFileSync(path), file)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw fileError(file, error)
  }
}

/** @throws InputError for a link that leads out of the folder */
export async function readSibling(file: string, path: string): Promise<string | undefined> {
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    const end = fs.existsSync(path) ? fs.realpathSync(path) : undefined
    if (!end?.startsWith(fs.realpathSync(dirname(path)) + sep)) {
      throw new InputError(`${file}: is a link out of its folder, expected a file`)
    }
  }
  return readIfExists(file, path)
}

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

/** @throws InputError for text that is not UTF-8, a Git LFS pointer, and merge conflict markers */
export function decodeText(bytes: Buffer, file: string): string {
  const text = decode(bytes, file)
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    throw new InputError(`${file}: a Git LFS pointer, not the file itself`, 'Run git lfs pull.')
  }
  const conflict = /^(<{7}|={7}|>{7}|\|{7})(?: .*)?\r?$/m.exec(text)
  if (conflict) {
    const line = text.slice(0, conflict.index).split('\n').length
    throw new InputError(
      `${file}:${line}:1: merge conflict marker ${conflict[1]}`,
      `Resolve the conflict, or restore the file with git checkout HEAD -- ${file}`,
    )
  }
  return text
}

function decode(bytes: Buffer, file: string): string {
  if (isUtf16(bytes)) {
    throw new InputError(
      `${file}: UTF-16 text, expected UTF-8`,
      'Save the file as UTF-8; in PowerShell with Out-File -Encoding utf8.',
    )
  }
  // Three times as fast as UTF-8.
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new InputError(`${file}: not UTF-8 text`)
}

/** By its byte order mark, or without one by the zero in its first character. */
function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.toString('hex', 0, 2)
  return mark === 'fffe' || mark === 'feff' || (bytes[0] === 0) !== (bytes[1] === 0)
}

function missingFile(file: string, path: string): InputError {
  const root = findRepository(dirname(path)) ?? dirname(path)
  const modules = join(root, '.gitmodules')
  const text = fs.existsSync(modules) ? fs.readFileSync(modules, 'utf8') : ''
  const [, submodule] =
    [...text.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].find(([, each]) =>
      relative(root, path).startsWith(each + sep),
    ) ?? []
  if (submodule === undefined) return fileError(file, { code: 'ENOENT' })
  return new InputError(
    `${file}: in the submodule ${submodule}, which is not checked out`,
    `Run git submodule update --init ${submodule}.`,
  )
}
