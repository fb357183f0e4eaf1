import { onTestFinished } from 'vitest'
import { type MockProxy, type ProxyOptions, startProxy } from '../mock-servers/proxy.ts'

/** Starts a proxy that is closed after the test. */
export async function proxyFor(options: ProxyOptions = {}): Promise<MockProxy> {
  const proxy = await startProxy(options)
  onTestFinished(() => proxy.close())
  return proxy
}
