import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline'
import type { Send } from './transport.ts'

/** Those that Azure's pipeline asks again after; it looks at nothing but its own errors. */
const REPEATED = /^(ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTFOUND)$/

/** The transport as Azure's pipeline wants its HTTP client. */
export function coreClient(send: Send): HttpClient {
  return {
    async sendRequest(request: PipelineRequest) {
      const { body } = request
      try {
        const answer = await send({
          method: request.method,
          url: request.url,
          headers: request.headers.toJSON({ preserveCase: true }),
          body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
          signal: request.abortSignal as AbortSignal | undefined,
        })
        return {
          request,
          status: answer.status,
          headers: createHttpHeaders(answer.headers),
          bodyAsText: answer.body.toString('utf8'),
        }
      } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException
        if (code === undefined || !REPEATED.test(code)) throw cause
        throw Object.assign(new RestError(message, { code, request }), { cause })
      }
    },
  }
}
