import { onTestFinished } from 'vitest'
import { type Certificate, makeCertificate } from '../mock-servers/certificate.ts'
import type { FaultRule } from '../mock-servers/faults.ts'
import {
  type Answer,
  type MockRequest,
  type MockServer,
  startServer,
} from '../mock-servers/server.ts'

/** A service that gives out tokens, by whatever protocol, that stops when the test is over. */
export async function signInFor(
  answer: Answer | ((request: MockRequest) => Answer),
  options: { readonly faults?: readonly FaultRule[]; readonly hosts?: readonly string[] } = {},
): Promise<MockServer & { readonly certificate: Certificate; readonly port: number }> {
  const certificate = await makeCertificate(options.hosts)
  const server = await startServer(
    (request) => (typeof answer === 'function' ? answer(request) : answer),
    { certificate, ...(options.faults && { faults: options.faults }) },
  )
  onTestFinished(async () => {
    await Promise.all([server.close(), certificate.remove()])
  })
  return { ...server, certificate, port: Number(new URL(server.url).port) }
}

/** An answer in JSON. */
export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})
