import { onTestFinished } from 'vitest'
import { type MockProxy, type ProxyOptions, startProxy } from '../mock-servers/proxy.ts'

/** A proxy that stops when the test is over. */
export async function proxyFor(options: ProxyOptions = {}): Promise<MockProxy> {
  const proxy = await startProxy(options)
  onTestFinished(() => proxy.close())
  return proxy
}
