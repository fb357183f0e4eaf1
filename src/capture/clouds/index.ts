import type { CloudName } from '../../core/snapshot/snapshot.ts'
import { awsSettings } from './aws/settings.ts'
import { azureSettings } from './azure/settings.ts'
import type { Cloud } from './cloud.ts'
import { gcpSettings } from './gcp/settings.ts'

/** The settings of each cloud, and its module, which loads an SDK. */
export const CLOUD_TABLE = {
  azure: { settings: azureSettings, load: async () => (await import('./azure/index.ts')).azure },
  aws: { settings: awsSettings, load: async () => (await import('./aws/index.ts')).aws },
  gcp: { settings: gcpSettings, load: async () => (await import('./gcp/index.ts')).gcp },
} as const satisfies Record<
  CloudName,
  { readonly settings: object; readonly load: () => Promise<Cloud<object, object, unknown>> }
>
