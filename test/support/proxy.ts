import { onTestFinished } from 'vitest'
import { type ProxyOptions, type StandInProxy, startProxy } from '../stand-in/proxy.ts'

/** A proxy that stops when the test is over. */
export async function proxyFor(options: ProxyOptions = {}): Promise<StandInProxy> {
  const proxy = await startProxy(options)
  onTestFinished(() => proxy.close())
  return proxy
}
