import type { Agent } from 'node:https'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'
import { ServiceError } from '../../errors.ts'

const AGENTS = new Map<string, Agent>()

/**
 * The agent that tunnels to a host through the proxy of `HTTPS_PROXY` or `ALL_PROXY`, unless
 * `NO_PROXY` names the host: one decision for all clouds, their sign-ins and the build server.
 * Plain http, spoken with this machine and its metadata service alone, goes through none.
 */
export function proxyAgent(url: URL): Agent | undefined {
  const proxy = getProxyForUrl(url.href)
  if (proxy === '') return undefined
  const agent = AGENTS.get(proxy) ?? new HttpsProxyAgent(proxy, { keepAlive: true })
  AGENTS.set(proxy, agent)
  return agent
}

/** In the order in which they are looked at; the last is for plain http, and read by Azure's SDK. */
const VARIABLES = ['https_proxy', 'all_proxy', 'http_proxy']

/**
 * Makes sure that the variable that counts names a proxy: SDKs read it as well, and fail of one that
 * does not before anything is asked.
 *
 * @throws ServiceError that names the variable, and not its value, which may hold a password
 */
export function checkProxies(): void {
  const name = VARIABLES.flatMap((each) => [each, each.toUpperCase()]).find(
    (each) => process.env[each],
  )
  const value = process.env[name ?? ''] ?? ''
  if (name === undefined || (URL.canParse(value) && /^https?:\/\//.test(value))) return
  throw new ServiceError(
    `${name}: expected a URL such as http://proxy.example:3128`,
    'NO_PROXY names hosts that are asked without it.',
  )
}
