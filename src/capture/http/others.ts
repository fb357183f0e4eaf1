import { AsyncResource } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { type Hear, heardBy, hearer, isOwn, refusalBy } from './hearing.ts'
import { isAsking, noteAnswer } from './question.ts'
import { cutOff, LONGEST_ANSWER, NoAnswer, TransportFailure, tooLong } from './transport.ts'

let isWatching = false

/**
 * Does what a library does to sign in, and hears what of its requests failed, which its own errors
 * may not tell. What it asks by connections of its own, a container or the machine that it runs on,
 * is held to what the transport promises: no answer without an end, none unpacked, no redirect.
 */
export function signingIn<T>(hear: Hear, work: () => Promise<T>): Promise<T> {
  if (!isWatching) subscribe('http.client.request.start', onStart)
  isWatching = true
  return heardBy(hear, work)
}

/** Where nobody answers there is no such machine, and nothing wrong with it. */
const MACHINE = /^(169\.254(\.[0-9]+){2}|metadata\.google\.internal)\.?$/

function onStart(message: unknown): void {
  const { request } = message as { request: ClientRequest }
  if (isOwn(request) || !isAsking()) return
  // The channel speaks in the context of whoever asks; the request's events need not.
  const hear = once(hearer())
  const note = AsyncResource.bind(() => noteAnswer(undefined))
  if (!MACHINE.test(request.host)) hearOfNoAnswer(request, hear)
  // Before whoever sent it, who may go at once where the answer points.
  request.prependListener('response', (response) => {
    note()
    mind(request, response, hear)
  })
  // Whoever sent it hears of it as well; where they do not listen, it would end the process.
  request.on('error', () => undefined)
}

/** The first failure of a request is what it failed of. */
function once(hear: Hear = () => undefined): Hear {
  let isOver = false
  return (failure) => {
    if (!isOver) hear(failure)
    isOver ||= failure !== undefined
  }
}

function hearOfNoAnswer(request: ClientRequest, hear: Hear): void {
  const started = Date.now()
  const late = () => {
    const seconds = Math.round((Date.now() - started) / 1000)
    // A library that has half of an answer gives up as well, and at once.
    hear(seconds < 1 ? cutOff() : new NoAnswer(seconds))
  }
  request.on('timeout', late)
  request.on('abort', late)
  request.on('error', hear)
}

function mind(request: ClientRequest, response: IncomingMessage, hear: Hear): void {
  const { statusCode: status = 0, headers } = response
  const stop = (failure: Error) => {
    hear(failure)
    request.destroy(failure)
  }
  const refusal = refusalBy(status)
  hear(refusal)
  response.on('aborted', () => hear(cutOff()))
  if (refusal && status < 400) forgetLocation(response)
  if (!/^(identity)?$/.test(headers['content-encoding'] ?? '')) {
    stop(new TransportFailure('BAD_CODING', 'nobody asked for compression'))
  }
  const push = response.push.bind(response)
  let length = 0
  response.push = (chunk, encoding) => {
    length += chunk?.length ?? 0
    if (length > LONGEST_ANSWER) stop(tooLong())
    return push(chunk, encoding)
  }
}

/** A redirect that leads nowhere is an answer like any other. */
function forgetLocation(response: IncomingMessage): void {
  delete response.headers.location
  const { rawHeaders } = response
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    if (/^location$/i.test(rawHeaders[at] ?? '')) rawHeaders.splice(at, 2)
  }
}
