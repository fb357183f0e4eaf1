import { onTestFinished } from 'vitest'
import {
  type Answer,
  type MockRequest,
  type SecureOptions,
  type SecureServer,
  startSecureServer,
} from '../mock-servers/server.ts'

/** A service that gives out tokens, by whatever protocol, that stops when the test is over. */
export async function signInFor(
  answer: Answer | ((request: MockRequest) => Answer),
  options: SecureOptions = {},
): Promise<SecureServer & { readonly port: number }> {
  const server = await startSecureServer(
    (request) => (typeof answer === 'function' ? answer(request) : answer),
    options,
  )
  onTestFinished(() => server.close())
  return { ...server, port: Number(new URL(server.url).port) }
}

/** An answer in JSON. */
export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})
