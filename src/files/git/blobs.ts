import { InputError } from '../../errors.ts'
import { LONGEST_FILE, tooLong } from '../read.ts'
import { type GitFolder, gitError, notInClone, startGit } from './git.ts'

/** Reads contents from a repository by one git process, one at a time. */
export class Blobs {
  readonly #git
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(folder: GitFolder) {
    this.#git = startGit(['cat-file', '--batch'], folder)
    this.#chunks = this.#git.stdout[Symbol.asyncIterator]()
  }

  /**
   * @param name of the file, for errors
   * @throws InputError for a content that the clone does not have, one that is too long, a directory
   */
  async read(blob: string, name: string): Promise<Buffer> {
    this.#git.stdin.write(`${blob}\n`)
    let end = this.#rest.indexOf('\n')
    for (; end < 0; end = this.#rest.indexOf('\n')) await this.#more(name)
    const header = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 1)
    const [, type, size] = / (\w+) (\d+)$/.exec(header) ?? []
    if (size === undefined) throw notInClone(name)
    const length = Number(size)
    if (type !== 'blob' || length > LONGEST_FILE) {
      await this.#skip(length + 1, name)
      throw type === 'blob'
        ? tooLong(name)
        : new InputError(`${name}: is a directory, expected a file`)
    }
    const parts: Buffer[] = [this.#rest]
    for (let have = this.#rest.length; have <= length; ) {
      const part = await this.#chunk(name)
      parts.push(part)
      have += part.length
    }
    const all = Buffer.concat(parts)
    this.#rest = all.subarray(length + 1)
    return all.subarray(0, length)
  }

  close(): void {
    this.#git.stdin.end()
    this.#git.child.kill()
  }

  /** Keeps the next content readable. */
  async #skip(count: number, name: string): Promise<void> {
    let left = count
    for (; left > this.#rest.length; this.#rest = await this.#chunk(name)) left -= this.#rest.length
    this.#rest = this.#rest.subarray(left)
  }

  async #more(name: string): Promise<void> {
    this.#rest = Buffer.concat([this.#rest, await this.#chunk(name)])
  }

  async #chunk(name: string): Promise<Buffer> {
    const { value, done } = await this.#chunks.next()
    if (!done) return value
    const { stderr } = await this.#git.ended
    throw gitError(name, stderr)
  }
}
