import type { Answer } from './server.ts'

/** What can go wrong with an answer. Apart from `late`, a fault takes the answer's place. */
export type Fault =
  /** The right answer, this many milliseconds late. */
  | { kind: 'late'; milliseconds: number }
  /** The mock server's own error for this status; `retryAfter` in seconds, or in other words. */
  | { kind: 'status'; status: number; retryAfter?: number | string }
  /** The headers and half of the body, then the connection ends. */
  | { kind: 'cut-off' }
  /** The connection is reset before a byte of the answer. */
  | { kind: 'reset' }
  /** A web page with status 200, as a captive portal or a proxy puts in. */
  | { kind: 'html' }
  /** A whole answer by HTTP's rules, whose JSON ends half-way. */
  | { kind: 'truncated' }
  /** The headers and half of the body, then nothing, with the connection open. */
  | { kind: 'stall' }
  /** This body, by default with status 200, instead of the right one. */
  | { kind: 'body'; body: string; type?: string; status?: number }
  /** A body without an end. */
  | { kind: 'endless' }
  /** A body that nobody asked to be compressed and that is a thousand times as long as it comes. */
  | { kind: 'bomb'; megabytes: number }
  /** A byte a second, without an end. */
  | { kind: 'drip' }
  /** These bytes, made of the right answer, after which the connection ends. */
  | { kind: 'raw'; bytes: (right: Answer) => string | Buffer }
  /** A redirection, by default 302, to this address, absolute or relative. */
  | { kind: 'redirect'; location: string; status?: number }

/** Which requests a fault befalls, and how often. */
export interface FaultRule {
  /** Is looked for in the path with its query, as they were sent, percent-encoded. */
  path: RegExp
  fault: Fault
  /** So many matching requests, from the first on; all of them if absent. */
  times?: number
}

/** What befalls one request. */
export interface Mishap {
  /** Milliseconds. */
  delay: number
  fault?: Exclude<Fault, { kind: 'late' }>
}

/**
 * Gives each request its mishap, counting how often each rule was used.
 *
 * The first rule decides that matches and is not used up; a `late` rule only adds its delay, and
 * the rules after it are asked as well.
 */
export function faultChooser(rules: readonly FaultRule[]): (path: string) => Mishap {
  const used = rules.map(() => 0)
  return (path) => {
    let delay = 0
    for (const [
      index,
      { path: pattern, fault, times = Number.POSITIVE_INFINITY },
    ] of rules.entries()) {
      const before = used[index] ?? 0
      // `search` and not `test`: it keeps no position in a pattern with the g flag.
      if (before >= times || path.search(pattern) < 0) continue
      used[index] = before + 1
      if (fault.kind !== 'late') return { delay, fault }
      delay += fault.milliseconds
    }
    return { delay }
  }
}
