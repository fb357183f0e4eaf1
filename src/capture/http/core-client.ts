import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline'
import { mayPass, type Send } from './transport.ts'

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
        // The pipeline asks again after an error of its own with such a code, and after no other.
        if (!mayPass(cause)) throw cause
        const { message } = cause as Error
        throw Object.assign(new RestError(message, { code: 'ECONNRESET', request }), { cause })
      }
    },
  }
}
