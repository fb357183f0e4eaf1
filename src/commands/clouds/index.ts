import type { Argv } from 'yargs'
import type { Criteria } from '../../core/criteria/criteria.ts'
import { CLOUDS, type CloudName } from '../../core/snapshot/snapshot.ts'
import { InputError } from '../../errors.ts'
import { type AwsArgs, awsArguments } from './aws.ts'
import { type AzureArgs, azureArguments } from './azure.ts'
import { type GcpArgs, gcpArguments } from './gcp.ts'
import type { CloudArguments } from './types.ts'

/** What each cloud takes from the command line. */
const CLOUD_ARGUMENTS: Partial<Record<CloudName, CloudArguments<object, object, unknown>>> = {
  azure: azureArguments,
  aws: awsArguments,
  gcp: gcpArguments,
}

export type AllCloudArgs = AzureArgs & AwsArgs & GcpArgs

export function cloudOptions<T>(argv: Argv<T>): Argv<T & AllCloudArgs> {
  const all: Argv<unknown> = Object.values(CLOUD_ARGUMENTS).reduce(
    (sum: Argv<unknown>, { options }) => options(sum),
    argv as Argv<unknown>,
  )
  return all as Argv<T & AllCloudArgs>
}

/** The criteria resolved: those of the clouds that are asked, with what the command line says. */
export function cloudCriteria(
  criteria: Criteria,
  clouds: readonly CloudName[],
  args: AllCloudArgs,
): Criteria {
  const resolved = clouds.map((cloud) => {
    const own = criteria[cloud as keyof Criteria]
    if (typeof own !== 'object') throw new InputError(`--cloud ${cloud}: the criteria have none`)
    return [cloud, CLOUD_ARGUMENTS[cloud]?.criteria(own, args)]
  })
  const rest = Object.entries(criteria).filter(([key]) => !CLOUDS.includes(key as CloudName))
  return { ...Object.fromEntries(rest), ...Object.fromEntries(resolved) } as Criteria
}

/** Where a cloud is and who asks. */
export async function cloudSettings(cloud: CloudName, args: AllCloudArgs): Promise<unknown> {
  const known = CLOUD_ARGUMENTS[cloud]
  if (known === undefined) throw new InputError(`--cloud ${cloud}: not known`)
  hushSdks()
  return known.settings(args, process.env)
}

/** An SDK's warnings are for those who choose its version, and would stand among our own lines. */
function hushSdks(): void {
  if (!process.argv.includes('--debug')) process.removeAllListeners('warning')
}
