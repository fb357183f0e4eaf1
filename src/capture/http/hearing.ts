import { AsyncLocalStorage } from 'node:async_hooks'
import type { ClientRequest } from 'node:http'

/** Hears what became of a request: undefined where it was answered well. */
export type Hear = (failure: Error | undefined) => void

const HEARING = new AsyncLocalStorage<Hear>()

/** The transport's own requests, which it minds itself. */
const OWN = new WeakSet<object>()

/** Whoever sends a request in this work tells of it. */
export function heardBy<T>(hear: Hear, work: () => Promise<T>): Promise<T> {
  return HEARING.run(hear, work)
}

/** Who hears of what is sent just now. */
export function hearer(): Hear | undefined {
  return HEARING.getStore()
}

export function markOwn(request: ClientRequest): void {
  OWN.add(request)
}

export function isOwn(request: ClientRequest): boolean {
  return OWN.has(request)
}

/** A status with which nobody gives out credentials. */
export class SignInStatus extends Error {
  constructor(readonly status: number) {
    super('the sign-in was refused')
    this.name = 'SignInStatus'
  }
}

/** What there is to hear of an answer. */
export function refusalBy(status: number): SignInStatus | undefined {
  return status < 300 ? undefined : new SignInStatus(status)
}
