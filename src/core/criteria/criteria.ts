import { parseText } from '../json/parser.ts'
import { checkSchema, refuseLaterVersion } from '../schemas/check.ts'
import {
  compareMajorMinor,
  type MajorMinor,
  type RhelTable,
  readMajorMinor,
} from '../versions/version.ts'
import builtIn from './criteria.json' with { type: 'json' }

export interface Criteria {
  readonly schemaVersion: 1
  readonly earlierMinors: number
  readonly rhel: RhelTable
  readonly azure?: AzureCriteria
  readonly aws?: AwsCriteria
  readonly gcp?: GcpCriteria
  /**
   * In a snapshot: the releases that images are selected for, by region or cloud without regions, and by
   * architecture, if the region or cloud was not queried for the present builds. Images for other
   * architectures are not selected.
   */
  readonly selectedFor?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /**
   * In a snapshot: the time for which deprecation dates of images are compared, by region or cloud
   * without regions, if the region or cloud was not queried and a date has passed since that time.
   * Default: the time of the capture.
   */
  readonly selectedAt?: Readonly<Record<string, string>>
}

export interface AzureCriteria {
  readonly environment: AzureEnvironment
  /** Any region has all images. */
  readonly location: string
  readonly plans: Readonly<Record<string, AzurePlan>>
}

export type AzureEnvironment = 'AzurePublicCloud' | 'AzureUSGovernmentCloud' | 'AzureChinaCloud'

interface AzurePlan {
  readonly publisher: string
  readonly offer: string
  readonly skus: readonly AzureSku[]
}

export interface AzureSku {
  /** May contain `{major}` and `{minor}` of an OCP version: `aro_{major}{minor}-v2`. */
  readonly name: string
  readonly architecture: 'x86_64' | 'aarch64'
  readonly generation: 1 | 2
  /** OCP versions: the first and the last with this SKU, and the first without it. */
  readonly since?: string
  readonly until?: string
  readonly before?: string
  /** The first OCP version for which publishers use this name; earlier versions are queried too. */
  readonly usualSince?: string
}

export interface AwsCriteria {
  readonly owner: string
  /** The owners in other partitions of AWS, such as `aws-us-gov`. */
  readonly owners?: Readonly<Record<string, string>>
  /** The region whose API lists the account's enabled regions. */
  readonly region: string
  readonly regions?: readonly string[]
  /**
   * Streams of this OCP version or a later one have no images of earlier versions, like 4.19 in the
   * machine-config operator. Absent: an older image is better than none.
   */
  readonly floor?: string
  readonly plans: Readonly<Record<string, Readonly<Partial<Record<AwsArchitecture, string>>>>>
}

export type AwsArchitecture = 'x86_64' | 'aarch64'

export interface GcpCriteria {
  readonly project: string
  readonly plans: Readonly<Record<string, GcpPlan>>
}

interface GcpPlan {
  readonly architecture: 'x86_64' | 'aarch64'
  readonly prefix: string
  /** Images to query by name if the project does not allow listing. */
  readonly names: readonly string[]
}

export function isNamedByOcp({ name }: AzureSku): boolean {
  return name.includes('{')
}

export function skuName(sku: AzureSku, ocp: MajorMinor): string | undefined {
  if (!isOffered(sku, ocp)) return undefined
  return sku.name.replaceAll('{major}', String(ocp.major)).replaceAll('{minor}', String(ocp.minor))
}

export function isOffered({ since, until, before }: AzureSku, ocp: MajorMinor): boolean {
  const [first, last, end] = [since, until, before].map((each) => each && readMajorMinor(each))
  return (
    (!first || compareMajorMinor(first, ocp) <= 0) &&
    (!last || compareMajorMinor(ocp, last) <= 0) &&
    (!end || compareMajorMinor(ocp, end) < 0)
  )
}

export const BUILT_IN = withoutSchema(builtIn) as Criteria

export function readCriteria(text: string, file: string): Criteria {
  const value = parseText(text, file)
  refuseLaterVersion(value, file)
  checkSchema('criteria', value, file)
  return withoutSchema(value as object) as Criteria
}

function withoutSchema(file: object): object {
  const { $schema: _, ...criteria } = file as { $schema?: string }
  return criteria
}

export const BUILD_SERVERS = {
  rhcos: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams',
  fcos: 'https://builds.coreos.fedoraproject.org/prod/streams',
} as const

/** The distribution of a build server; rhcos for an unknown server. */
export function inferDistro(url: string | undefined): keyof typeof BUILD_SERVERS {
  return url === BUILD_SERVERS.fcos ? 'fcos' : 'rhcos'
}
