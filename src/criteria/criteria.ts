import type { RhelTable } from '../versions/rhel.ts'

/** Which images to look for; see docs/criteria.md and schemas/criteria.schema.json. */
export interface Criteria {
  readonly schemaVersion: 1
  /** How many OCP minors before the stream's own are asked for as well. */
  readonly earlierMinors: number
  readonly rhel: RhelTable
  readonly azure?: AzureCriteria
}

export interface AzureCriteria {
  readonly environment: AzureEnvironment
  /** Any region answers for all; the images are global. */
  readonly location: string
  readonly plans: Readonly<Record<string, AzurePlan>>
}

export type AzureEnvironment = 'AzurePublicCloud' | 'AzureUSGovernmentCloud' | 'AzureChinaCloud'

export interface AzurePlan {
  readonly publisher: string
  readonly offer: string
  readonly skus: readonly AzureSku[]
}

export interface AzureSku {
  /** May contain `{major}` and `{minor}` of an OCP minor: `aro_{major}{minor}-v2`. */
  readonly name: string
  readonly architecture: 'x86_64' | 'aarch64'
  /** Hyper-V generation. */
  readonly generation: 1 | 2
  /** The first and the last OCP minor whose images may have this name. */
  readonly since?: string
  readonly until?: string
}
