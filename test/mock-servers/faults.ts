import type { MockResponse } from './server.ts'

/** A fault of a response. All kinds except `late` replace the regular response. */
export type Fault =
  /** Delays the regular response. */
  | { kind: 'late'; milliseconds: number }
  /** The error response of the mock server. A number for `retryAfter` is in seconds. */
  | { kind: 'status'; status: number; retryAfter?: number | string }
  /** Sends the headers and half of the body, then closes the connection. */
  | { kind: 'cut-off' }
  /** Resets the connection before the first byte of the response. */
  | { kind: 'reset' }
  /** A web page with status 200, as sent by a captive portal or a proxy. */
  | { kind: 'html' }
  /** A complete HTTP response with half of the regular body. */
  | { kind: 'truncated' }
  /** Sends the headers and half of the body, and keeps the connection open. */
  | { kind: 'stall' }
  /** A response with this body. Default: status 200 and JSON. */
  | { kind: 'body'; body: string; type?: string; status?: number }
  /** A body that never ends. */
  | { kind: 'endless' }
  /** A gzip bomb: spaces, compressed regardless of `accept-encoding`. */
  | { kind: 'bomb'; megabytes: number }
  /** A body that never ends, one byte per second. */
  | { kind: 'drip' }
  /** Writes these bytes to the socket, then closes the connection. */
  | { kind: 'raw'; bytes: (regular: MockResponse) => string | Buffer }
  /** A redirect to an absolute or relative URL. Default: status 302. */
  | { kind: 'redirect'; location: string; status?: number }

export interface FaultRule {
  /** Matched against the percent-encoded path with the query. */
  path: RegExp
  fault: Fault
  /** The rule applies to this many matching requests. Default: all. */
  times?: number
}

/** The effect of the rules on one request. */
export interface InjectedFault {
  /** Milliseconds. */
  delay: number
  fault?: Exclude<Fault, { kind: 'late' }>
}

/**
 * Returns a function that selects the fault for a request path and counts the uses of each rule.
 * The first matching rule with uses left applies. `late` rules add their delay, and the rules after
 * them are tried too.
 */
export function createFaultSelector(rules: readonly FaultRule[]): (path: string) => InjectedFault {
  const used = rules.map(() => 0)
  return (path) => {
    let delay = 0
    for (const [index, rule] of rules.entries()) {
      const { path: pattern, fault, times = Number.POSITIVE_INFINITY } = rule
      const before = used[index] ?? 0
      // `search`, because `test` is stateful with the g flag.
      if (before >= times || path.search(pattern) < 0) continue
      used[index] = before + 1
      if (fault.kind !== 'late') return { delay, fault }
      delay += fault.milliseconds
    }
    return { delay }
  }
}
