import type { Definition } from 'nock'
import { metaUrlOf } from '../../core/builds/locate.ts'
import { RECORDED_META } from '../../core/builds/shown.ts'
import { prune } from '../../core/json/prune.ts'

/** Where a meta.json was asked for, and the location that the stream names. */
export interface AskedBuild {
  readonly source: string
  readonly location: string
}

/**
 * Keeps the answers of a build server, pruned to what a stream shows and what tells whose they are.
 * One that was asked elsewhere than where the stream's artifacts are is written as if asked there.
 *
 * @param exchange as nock writes it
 */
export function recordBuild(exchange: Definition, asked: AskedBuild): Definition | undefined {
  const { scope, path, method, status, response } = exchange
  if (method !== 'GET' || status !== 200) return undefined
  const source = partsOf(asked.source)
  const meta = prune(response, RECORDED_META)
  if (scope !== source.origin || path !== source.target || meta === undefined) return undefined
  const { origin, target } = partsOf(metaUrlOf(asked.location))
  return {
    scope: origin,
    method,
    path: target,
    status,
    response: meta as NonNullable<Definition['response']>,
  }
}

/** As nock writes them: the origin with a port. */
function partsOf(text: string): { readonly origin: string; readonly target: string } {
  const { protocol, hostname, port, pathname } = new URL(text)
  const number = port || (protocol === 'https:' ? '443' : '80')
  return { origin: `${protocol}//${hostname}:${number}`, target: pathname }
}
