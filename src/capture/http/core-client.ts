import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline'
import type { Send } from './message.ts'
import { isTransient } from './transport.ts'

/** The transport as the HTTP client of Azure's SDKs. */
export function coreClient(send: Send): HttpClient {
  return {
    async sendRequest(request: PipelineRequest) {
      const { body, timeout } = request
      try {
        const response = await send({
          method: request.method,
          url: request.url,
          headers: request.headers.toJSON(),
          body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
          signal: request.abortSignal as AbortSignal | undefined,
          ...(timeout > 0 && { timeout }),
        })
        return {
          request,
          status: response.status,
          headers: createHttpHeaders(response.headers),
          bodyAsText: response.body.toString('utf8'),
        }
      } catch (cause) {
        // The pipeline only retries after its own errors.
        if (!isTransient(cause)) throw cause
        const { message } = cause as Error
        throw Object.assign(new RestError(message, { code: 'ECONNRESET', request }), { cause })
      }
    },
  }
}
