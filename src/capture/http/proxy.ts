import type { Agent } from 'node:https'
import { BlockList, isIPv4 } from 'node:net'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'
import { InputError } from '../../errors.ts'

const AGENTS = new Map<string, Agent>()

/**
 * The agent for a host, by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 * @param attempt the time limit for each address of the proxy, in milliseconds
 */
export function proxyAgent(url: URL, attempt: number): Agent | undefined {
  const proxy = getProxyForUrl(url.href)
  if (proxy === '' || isInRange(url.hostname)) return undefined
  const options = { keepAlive: true, autoSelectFamilyAttemptTimeout: attempt }
  const agent = AGENTS.get(proxy) ?? new HttpsProxyAgent(proxy, options)
  AGENTS.set(proxy, agent)
  return agent
}

/** Ranges in `NO_PROXY` such as `10.0.0.0/8`, which clusters set and the library ignores. */
function isInRange(host: string): boolean {
  const list = process.env.no_proxy || process.env.NO_PROXY || ''
  return list.split(/[\s,]+/).some((entry) => {
    const [, base = '', bits = ''] = /^([0-9.]+)\/([0-9]{1,2})$/.exec(entry) ?? []
    if (!isIPv4(host) || !isIPv4(base) || Number(bits) > 32) return false
    const range = new BlockList()
    range.addSubnet(base, Number(bits))
    return range.check(host)
  })
}

/** In order of precedence; Azure's SDK reads the last one. */
const VARIABLES = ['https_proxy', 'all_proxy', 'http_proxy']

/**
 * Some SDKs read the variables and fail without naming them.
 * @throws InputError without the value, which may contain a password
 */
export function checkProxies(): void {
  const name = VARIABLES.flatMap((each) => [each, each.toUpperCase()]).find(
    (each) => process.env[each],
  )
  const value = process.env[name ?? ''] ?? ''
  if (name === undefined || (URL.canParse(value) && /^https?:\/\//.test(value))) return
  throw new InputError(
    `${name}: expected a URL such as http://proxy.example:3128`,
    `Correct or unset ${name}.`,
  )
}
