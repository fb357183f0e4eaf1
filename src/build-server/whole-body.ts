import { addAbortSignal, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { unzipSync } from 'node:zlib'
import { type PipelinePolicy, RestError } from '@azure/core-rest-pipeline'

/**
 * Reads an answer to its end within the request's timeout, which the client itself counts up to the
 * headers alone; one that is cut off counts as a reset connection and is asked for again.
 */
export const WHOLE_BODY: PipelinePolicy = {
  name: 'wholeBody',
  async sendRequest(request, next) {
    const response = await next(request)
    const stream = response.readableStreamBody as Readable | undefined
    if (stream === undefined) return response
    addAbortSignal(AbortSignal.timeout(request.timeout), stream)
    try {
      const bytes = decode(await buffer(stream), response.headers.get('content-encoding'))
      return { ...response, bodyAsText: bytes.toString('utf8') }
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error
      throw new RestError('the answer was cut off', { code: 'ECONNRESET', request })
    }
  },
}

/** Nobody asks for compression, but a store of objects serves what it was given. */
function decode(bytes: Buffer, encoding = ''): Buffer {
  return /^(x-)?gzip$|^deflate$/i.test(encoding) ? unzipSync(bytes) : bytes
}
