import type { Agent } from 'node:https'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'
import { ServiceError } from '../../errors.ts'

const AGENTS = new Map<string, Agent>()

/**
 * The agent that tunnels to a host through the proxy of `HTTPS_PROXY` or `ALL_PROXY`, unless
 * `NO_PROXY` names the host: one decision for all clouds, their sign-ins and the build server.
 * Plain http is spoken with this machine and its metadata service alone, which no proxy reaches.
 *
 * @throws ServiceError where the variable names no proxy
 */
export function proxyAgent(url: URL): Agent | undefined {
  if (url.protocol !== 'https:') return undefined
  const proxy = getProxyForUrl(url.href)
  if (proxy === '') return undefined
  const known = AGENTS.get(proxy)
  if (known !== undefined) return known
  if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol)) {
    throw new ServiceError(
      'HTTPS_PROXY: expected a URL such as http://proxy.example:3128',
      'Set it, or ALL_PROXY, to the URL of the proxy; NO_PROXY names hosts that are asked without it.',
    )
  }
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true })
  AGENTS.set(proxy, agent)
  return agent
}
