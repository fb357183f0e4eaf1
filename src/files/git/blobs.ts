import { InputError } from '../../errors.ts'
import { LONGEST_FILE, tooLong } from '../read.ts'
import { type GitFolder, gitError, notInClone, startGit } from './git.ts'

export class Blobs {
  readonly #git
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(folder: GitFolder) {
    this.#git = startGit(['cat-file', '--batch'], folder)
    this.#chunks = this.#git.stdout[Symbol.asyncIterator]()
  }

  /** @throws InputError for a missing content, one that is too long, and a directory */
  async read(blob: string, name: string): Promise<Buffer> {
    this.#git.stdin.write(`${blob}\n`)
    while (!this.#rest.includes('\n')) {
      this.#rest = Buffer.concat([this.#rest, await this.#chunk(name)])
    }
    const end = this.#rest.indexOf('\n')
    const [, type, size] = / (\w+) (\d+)$/.exec(this.#rest.toString('latin1', 0, end)) ?? []
    this.#rest = this.#rest.subarray(end + 1)
    if (size === undefined) throw notInClone(name)
    const length = Number(size)
    const isFile = type === 'blob' && length <= LONGEST_FILE
    const parts = [this.#rest]
    let have = this.#rest.length
    for (; have <= length; have += this.#rest.length) {
      this.#rest = await this.#chunk(name)
      if (isFile) parts.push(this.#rest)
    }
    this.#rest = this.#rest.subarray(this.#rest.length - (have - length - 1))
    if (isFile) return Buffer.concat(parts).subarray(0, length)
    throw type === 'blob'
      ? tooLong(name)
      : new InputError(`${name}: is a directory, expected a file`)
  }

  close(): void {
    this.#git.stdin.end()
    this.#git.child.kill()
  }

  async #chunk(name: string): Promise<Buffer> {
    const { value, done } = await this.#chunks.next()
    if (!done) return value
    const { stderr } = await this.#git.ended
    throw gitError(name, stderr)
  }
}
