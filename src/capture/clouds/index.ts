import type { CloudName } from '../../core/snapshot/snapshot.ts'
import type { Cloud } from './types.ts'

/** Each cloud's module, loaded when it is asked: their SDKs are heavy. */
export const CLOUD_MODULES = {
  azure: async () => (await import('./azure/index.ts')).azure,
  aws: async () => (await import('./aws/index.ts')).aws,
  gcp: async () => (await import('./gcp/index.ts')).gcp,
} as const satisfies Record<CloudName, () => Promise<Cloud<object, object, unknown>>>
