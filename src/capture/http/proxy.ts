import type { Agent } from 'node:https'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'
import { InputError } from '../../errors.ts'

const AGENTS = new Map<string, Agent>()

/**
 * The agent that tunnels to a host through the proxy of `HTTPS_PROXY` or `ALL_PROXY`, unless
 * `NO_PROXY` names the host: one decision for all clouds, their sign-ins and the build server.
 *
 * @param attempt for each address of the proxy, in milliseconds
 */
export function proxyAgent(url: URL, attempt: number): Agent | undefined {
  const proxy = getProxyForUrl(url.href)
  if (proxy === '' || isInRange(url.hostname)) return undefined
  const options = {
    keepAlive: true,
    autoSelectFamilyAttemptTimeout: attempt,
  }
  const agent = AGENTS.get(proxy) ?? new HttpsProxyAgent(proxy, options)
  AGENTS.set(proxy, agent)
  return agent
}

/** `NO_PROXY` with ranges such as `10.0.0.0/8`, which clusters set and the library does not read. */
function isInRange(host: string): boolean {
  const address = toNumber(host)
  if (address === undefined) return false
  const list = process.env.no_proxy || process.env.NO_PROXY || ''
  return list.split(/[\s,]+/).some((entry) => {
    const [base = '', bits = ''] = entry.split('/')
    const start = toNumber(base)
    if (start === undefined || !/^([0-9]|[12][0-9]|3[0-2])$/.test(bits)) return false
    const size = 2 ** (32 - Number(bits))
    return Math.floor(address / size) === Math.floor(start / size)
  })
}

function toNumber(address: string): number | undefined {
  const parts = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/.exec(address)
  return parts?.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** In the order in which they are looked at; Azure's SDK reads the last. */
const VARIABLES = ['https_proxy', 'all_proxy', 'http_proxy']

/**
 * Checks the proxy's variable, because some SDKs read it themselves and fail without naming it.
 *
 * @throws InputError that names the variable, and not its value, which may contain a password
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
