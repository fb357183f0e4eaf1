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

  /** What the same request was answered; undefined where it is yet to be sent. */
  answerTo(request: Request): Answer | undefined {
    return this.#answers.get(keyOf(request))
  }

  /** Keeps an answer that asking again would not change. */
  keep(request: Request, answer: Answer): void {
    if (KEPT.includes(answer.status)) this.#answers.set(keyOf(request), answer)
  }
}

/** Made once where a run has something to share. */
export function once<T>(shared: Shared | undefined, name: string, make: () => T): T {
  return shared ? shared.once(name, make) : make()
}

/** An answer, and two ways to say that there is none. */
const KEPT = [200, 403, 404]

/** Headers tell who asks, when and for the how manieth time, and nothing of the question. */
function keyOf({ method, url, body = '' }: Request): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  return `${method} ${url}\n${text}`
}
