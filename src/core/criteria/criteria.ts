import type { RhelTable } from '../versions/rhel.ts'

/** Which images to look for; see docs/criteria.md and schemas/criteria.schema.json. */
export interface Criteria {
  readonly schemaVersion: 1
  /** How many OCP minors before the stream's own are asked for as well. */
  readonly earlierMinors: number
  readonly rhel: RhelTable
  readonly azure?: AzureCriteria
  readonly aws?: AwsCriteria
  readonly gcp?: GcpCriteria
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
  /**
   * The first and the last OCP minor that this is offered for, or the first one that it is not
   * offered for any more; without an end for every later one. What is offered for a stream's own
   * minor is a slot; earlier minors only bring older images.
   */
  readonly since?: string
  readonly until?: string
  readonly before?: string
}

export interface AwsCriteria {
  /** The account that AWS Marketplace's images belong to; those of any other are not looked at. */
  readonly owner: string
  /** The same in other partitions of AWS, by the partition's name, such as `aws-us-gov`. */
  readonly owners?: Readonly<Record<string, string>>
  /** The region that is asked which regions the account has enabled. */
  readonly region: string
  /** The regions to ask; absent: all that the account has enabled. */
  readonly regions?: readonly string[]
  /**
   * For streams of this OCP minor and later ones, images of earlier minors are left out, as the
   * machine-config operator does with 4.19; absent: an older image is better than none.
   */
  readonly floor?: string
  /** Of each plan the product id per architecture; the images' names contain it. */
  readonly plans: Readonly<Record<string, Readonly<Partial<Record<AwsArchitecture, string>>>>>
}

export type AwsArchitecture = 'x86_64' | 'aarch64'

export interface GcpCriteria {
  /** The project that the images belong to. */
  readonly project: string
  readonly plans: Readonly<Record<string, GcpPlan>>
}

export interface GcpPlan {
  readonly architecture: 'x86_64' | 'aarch64'
  /** How the names of the plan's images begin. */
  readonly prefix: string
  /** The images that are known, to be asked for where the project forbids to list them. */
  readonly names: readonly string[]
}
