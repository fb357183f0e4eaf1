import { AsyncLocalStorage } from 'node:async_hooks'

type Environment = Record<string, string | undefined>

const storage = new AsyncLocalStorage<Environment>()

/** Runs `work` with its own `process.env`, because libraries read `process.env` themselves. */
export function withEnvironment<T>(env: Environment, work: () => Promise<T>): Promise<T> {
  return storage.run(env, work)
}

const own = process.env as Environment
const current = () => storage.getStore() ?? own

process.env = new Proxy(own, {
  get: (_, name) => Reflect.get(current(), name),
  set: (_, name, value) => Reflect.set(current(), name, String(value)),
  has: (_, name) => Reflect.has(current(), name),
  deleteProperty: (_, name) => Reflect.deleteProperty(current(), name),
  ownKeys: () => Reflect.ownKeys(current()),
  getOwnPropertyDescriptor: (_, name) => {
    const descriptor = Reflect.getOwnPropertyDescriptor(current(), name)
    return descriptor && { ...descriptor, configurable: true }
  },
}) as NodeJS.ProcessEnv
