/**
 * What the requests of one replay pass. Once it is shut, those that are under way end and none
 * follows, however long an SDK goes on asking.
 */
export class Gate {
  readonly #underWay = new Map<AbortController, Promise<unknown>>()
  #isShut = false

  /** @param send ends when its signal says so */
  async pass<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#isShut) throw new Error('the replay is over')
    const ending = new AbortController()
    const sent = send(ending.signal)
    this.#underWay.set(ending, sent)
    return sent.finally(() => this.#underWay.delete(ending))
  }

  /** Settles when nothing is under way any more. */
  async shut(): Promise<void> {
    this.#isShut = true
    for (const ending of this.#underWay.keys()) ending.abort()
    await Promise.allSettled(this.#underWay.values())
  }
}
