import { InputError } from '../../errors.ts'
import { LONGEST_FILE, tooLong } from '../read.ts'
import { type GitFolder, gitError, notInClone, startGit } from './git.ts'

/** Reads blobs of a repository by one process, one at a time. */
export class Blobs {
  readonly #git
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(folder: GitFolder) {
    this.#git = startGit(['cat-file', '--batch'], folder)
    this.#chunks = this.#git.stdout[Symbol.asyncIterator]()
  }

  /** Lets git begin with some, which `next` gives in this order. */
  ask(blobs: readonly string[]): void {
    this.#git.stdin.write(blobs.map((blob) => `${blob}\n`).join(''))
  }

  read(blob: string, name: string): Promise<Buffer> {
    this.ask([blob])
    return this.next(name)
  }

  /**
   * The first of those that were asked for and not given yet.
   *
   * @param name what an error calls it
   * @throws InputError for one that the clone lacks, one that is too long and what is no file
   */
  async next(name: string): Promise<Buffer> {
    let end = this.#rest.indexOf('\n')
    for (; end < 0; end = this.#rest.indexOf('\n')) await this.#more(name)
    const header = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 1)
    const length = Number(/ blob (\d+)$/.exec(header)?.[1] ?? Number.NaN)
    if (/ tree \d+$/.test(header)) {
      throw new InputError(`${name}: is a directory, expected a file`)
    }
    if (Number.isNaN(length)) throw notInClone(name)
    if (length > LONGEST_FILE) throw tooLong(name)
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
