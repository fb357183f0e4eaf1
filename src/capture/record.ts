import type { Definition } from 'nock'
import { ServiceError } from '../errors.ts'
import { keyOf, MEDIA_TYPE } from './recording.ts'

/**
 * The exchanges of a capture that are worth keeping, each scrubbed as it comes and each question's
 * last answer. Recorded where each SDK hands its requests over, so nothing else of the process is.
 */
export class Recorder {
  readonly #kept = new Map<string, Definition>()
  /** What was answered to and is nothing that may be kept. */
  readonly #lost: string[] = []

  /** @param keep a cloud's `record`: scrubs an exchange, or leaves it out */
  add(exchange: Definition, keep: (exchange: Definition) => Definition | undefined): void {
    const scrubbed = keep(exchange)
    if (scrubbed === undefined) {
      if (exchange.status === 200) this.#lost.push(`${exchange.scope}${exchange.path}`)
      return
    }
    const { reqheaders: _, ...rest } = scrubbed
    this.#kept.set(keyOf(rest), { ...rest, rawHeaders: contentType(exchange) })
  }

  /** @throws ServiceError where an answer that was used is not among them: nobody could replay it */
  get exchanges(): Definition[] {
    const [lost] = this.#lost
    if (lost !== undefined) {
      throw new ServiceError(
        `${lost}: the answer cannot be recorded`,
        'Check the endpoint, --location and the criteria.',
      )
    }
    return [...this.#kept.values()]
  }
}

/** The one header that tells how to read the body. */
function contentType({ rawHeaders = {} }: Definition): Record<string, string> {
  const value = String(rawHeaders['content-type'] ?? '')
  return MEDIA_TYPE.test(value) ? { 'content-type': value } : {}
}
