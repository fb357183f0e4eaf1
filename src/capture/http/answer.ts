import type { Readable } from 'node:stream'
import { unzipSync } from 'node:zlib'
import { type PipelinePolicy, type PipelineResponse, RestError } from '@azure/core-rest-pipeline'
import { NoAnswer } from './no-answer.ts'

/** In bytes; the longest that a cloud gives is a few. */
const LONGEST_ANSWER = 256 * 1024 * 1024

/**
 * A policy of Azure's HTTP client, for each attempt: the answer has so much time, its body included,
 * where the client's own limit ends with the headers; the waits between attempts do not count. An
 * answer that is cut off counts as a reset connection and is asked for again; the client itself would
 * wait for the rest for ever. Nothing is aborted: the recorder of exchanges does not survive that.
 *
 * @param timeout in milliseconds
 * @param onFailure hears why an attempt had no answer
 */
export function wholeAnswer(
  timeout: number,
  onFailure: (error: unknown) => void = () => undefined,
): PipelinePolicy {
  return {
    name: 'wholeAnswer',
    async sendRequest(request, next) {
      request.streamResponseStatusCodes = new Set([Number.POSITIVE_INFINITY])
      const answer = next(request).then(readWhole)
      try {
        return await within(timeout, answer)
      } catch (error) {
        onFailure(error)
        throw error
      }
    },
  }
}

async function readWhole(response: PipelineResponse): Promise<PipelineResponse> {
  const { readableStreamBody: stream, ...rest } = response
  if (stream === undefined) return response
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream as Readable) {
      chunks.push(chunk)
      length += chunk.length
      if (length > LONGEST_ANSWER) throw new RestError('too long', { code: 'TOO_LONG' })
    }
    return { ...rest, bodyAsText: decode(Buffer.concat(chunks), response).toString('utf8') }
  } catch (error) {
    if (error instanceof RestError) throw error
    const { request } = response
    throw new RestError('the answer was cut off', { code: 'ECONNRESET', request })
  }
}

/** Who asks for compression has it undone by the client; a store of objects serves what it has. */
function decode(bytes: Buffer, { headers, request }: PipelineResponse): Buffer {
  const isOurs = !request.headers.has('accept-encoding')
  const isCompressed = /^(x-)?gzip$|^deflate$/i.test(headers.get('content-encoding') ?? '')
  return isOurs && isCompressed ? unzipSync(bytes) : bytes
}

/** @throws NoAnswer */
async function within<T>(timeout: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(timeout / 1000)), timeout)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
