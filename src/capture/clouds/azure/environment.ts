import type { AzureEnvironment } from '../../../core/criteria/criteria.ts'

/** An Azure cloud's hosts: its Resource Manager, its authority, and the audience of its tokens. */
export interface Hosts {
  readonly endpoint: string
  readonly authority: string
  readonly scope: string
}

/** As the SDK's documentation lists the national clouds. */
export const ENVIRONMENTS = {
  AzurePublicCloud: {
    endpoint: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    scope: 'https://management.azure.com/.default',
  },
  AzureUSGovernmentCloud: {
    endpoint: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    scope: 'https://management.usgovcloudapi.net/.default',
  },
  AzureChinaCloud: {
    endpoint: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
    scope: 'https://management.chinacloudapi.cn/.default',
  },
} as const satisfies Record<AzureEnvironment, Hosts>
