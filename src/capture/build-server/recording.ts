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
 * @param exchange as nock recorded it, its body decoded
 */
export function recordBuild(
  exchange: Definition,
  asked: readonly AskedBuild[],
): Definition | undefined {
  const { scope, path, method, status, response } = exchange
  if (method !== 'GET' || status !== 200) return undefined
  const build = asked.find(({ source }) => {
    const { origin, target } = partsOf(source)
    return scope === origin && path === target
  })
  const meta = prune(response, RECORDED_META)
  if (build === undefined || meta === undefined) return undefined
  const { origin, target } = partsOf(metaUrlOf(build.location))
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
