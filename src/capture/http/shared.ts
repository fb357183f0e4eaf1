import type { Answer, Request } from './message.ts'

/**
 * What several captures of one run share, so that each sign-in is made once and each request goes
 * out once. They follow one another: a replay of one would answer the requests of another.
 */
export class Shared {
  readonly #answers = new Map<string, Answer>()
  readonly #made = new Map<string, unknown>()

  /** What was made of this name before, else what is made now. */
  once<T>(name: string, make: () => T): T {
    if (!this.#made.has(name)) this.#made.set(name, make())
    return this.#made.get(name) as T
  }

  /**
   * What the same request was answered; undefined where it is yet to be sent.
   *
   * @param place tells requests apart that are spelled alike
   */
  answerTo(request: Request, place: string): Answer | undefined {
    const kept = this.#answers.get(keyOf(request, place))
    return kept && copyOf(kept)
  }

  /** Keeps an answer that asking again would not change. */
  keep(request: Request, place: string, answer: Answer): void {
    if (KEPT.includes(answer.status)) this.#answers.set(keyOf(request, place), copyOf(answer))
  }
}

/** Made once where a run has something to share. */
export function once<T>(shared: Shared | undefined, name: string, make: () => T): T {
  return shared ? shared.once(name, make) : make()
}

/** An answer, and two ways to say that there is none. */
const KEPT = [200, 403, 404]

/** An SDK makes something else of the bytes that it gets. */
function copyOf(answer: Answer): Answer {
  return { ...answer, body: Buffer.from(answer.body) }
}

/** Headers tell who asks, when and for the how manieth time, and nothing of the question. */
function keyOf({ method, url, body = '' }: Request, place: string): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  return `${place} ${method} ${url}\n${text}`
}
