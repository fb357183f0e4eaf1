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
}

export interface AzureCriteria {
  readonly environment: AzureEnvironment
  /** Any region has all images. */
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
  /** May contain `{major}` and `{minor}` of an OCP version: `aro_{major}{minor}-v2`. */
  readonly name: string
  readonly architecture: 'x86_64' | 'aarch64'
  readonly generation: 1 | 2
  /** The OCP versions with this SKU: the first and the last, or the first without it. */
  readonly since?: string
  readonly until?: string
  readonly before?: string
}

export interface AwsCriteria {
  readonly owner: string
  /** The same in other partitions of AWS, by the partition's name, such as `aws-us-gov`. */
  readonly owners?: Readonly<Record<string, string>>
  /** The region whose API lists the account's enabled regions. */
  readonly region: string
  readonly regions?: readonly string[]
  /**
   * For streams of this OCP version and later ones, images of earlier versions are left out, as the
   * machine-config operator does with 4.19; absent: an older image is better than none.
   */
  readonly floor?: string
  readonly plans: Readonly<Record<string, Readonly<Partial<Record<AwsArchitecture, string>>>>>
}

export type AwsArchitecture = 'x86_64' | 'aarch64'

export interface GcpCriteria {
  readonly project: string
  readonly plans: Readonly<Record<string, GcpPlan>>
}

export interface GcpPlan {
  readonly architecture: 'x86_64' | 'aarch64'
  readonly prefix: string
  /** Known images, to be queried if the project does not allow listing. */
  readonly names: readonly string[]
}

export function isNamedByOcp({ name }: AzureSku): boolean {
  return name.includes('{')
}

export function skuName(sku: AzureSku, ocp: MajorMinor): string | undefined {
  if (!isOffered(sku, ocp)) return undefined
  return sku.name.replaceAll('{major}', String(ocp.major)).replaceAll('{minor}', String(ocp.minor))
}

export function isOffered({ since, until, before }: AzureSku, minor: MajorMinor): boolean {
  const [first, last, end] = [since, until, before].map((each) => each && readMajorMinor(each))
  return (
    (!first || compareMajorMinor(first, minor) <= 0) &&
    (!last || compareMajorMinor(minor, last) <= 0) &&
    (!end || compareMajorMinor(minor, end) < 0)
  )
}

export const BUILT_IN = withoutSchema(builtIn) as Criteria

export function readCriteria(text: string, file: string): Criteria {
  const value = parseText(text, file)
  refuseLaterVersion(value, file)
  checkSchema('criteria', value, file)
  return withoutSchema(value as object) as Criteria
}

/** `$schema` is for editors only. */
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
