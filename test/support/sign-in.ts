import { onTestFinished } from 'vitest'
import {
  type MockRequest,
  type MockResponse,
  type SecureOptions,
  type SecureServer,
  startSecureServer,
} from '../mock-servers/server.ts'

/** Starts a service for tokens that is closed after the test. */
export async function signInFor(
  response: MockResponse | ((request: MockRequest) => MockResponse),
  options: SecureOptions = {},
): Promise<SecureServer & { readonly port: number }> {
  const server = await startSecureServer(
    (request) => (typeof response === 'function' ? response(request) : response),
    options,
  )
  onTestFinished(() => server.close())
  return { ...server, port: Number(new URL(server.url).port) }
}

export const json = (status: number, body: unknown): MockResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})
