import type { Criteria } from '../../core/criteria/criteria.ts'
import { CLOUDS, type CloudName } from '../../core/snapshot/snapshot.ts'
import { InputError } from '../../errors.ts'
import type { ArgsOf, OptionTable } from '../option.ts'
import { awsArguments } from './aws.ts'
import { azureArguments } from './azure.ts'
import { gcpArguments } from './gcp.ts'
import type { CloudArguments } from './types.ts'

/** What each cloud takes from the command line. */
const CLOUD_ARGUMENTS = {
  azure: azureArguments,
  aws: awsArguments,
  gcp: gcpArguments,
} satisfies Record<CloudName, unknown>

export const CLOUD_OPTIONS = {
  ...azureArguments.options,
  ...awsArguments.options,
  ...gcpArguments.options,
}

export type CloudArgs = ArgsOf<typeof CLOUD_OPTIONS>

/** A cloud's own criteria and settings are known to itself alone. */
function argumentsOf(cloud: CloudName): CloudArguments<OptionTable, object, unknown> {
  return CLOUD_ARGUMENTS[cloud]
}

/** The criteria resolved: those of the clouds that are asked, with what the command line says. */
export function cloudCriteria(
  criteria: Criteria,
  clouds: readonly CloudName[],
  args: CloudArgs,
): Criteria {
  const resolved = clouds.map((cloud) => {
    const own = criteria[cloud as keyof Criteria]
    if (typeof own !== 'object') throw new InputError(`--cloud ${cloud}: the criteria have none`)
    return [cloud, argumentsOf(cloud).criteria(own, args)]
  })
  const rest = Object.entries(criteria).filter(([key]) => !CLOUDS.includes(key as CloudName))
  return { ...Object.fromEntries(rest), ...Object.fromEntries(resolved) } as Criteria
}

/** Where a cloud is and who asks. */
export async function cloudSettings(
  cloud: CloudName,
  args: CloudArgs,
  env: NodeJS.ProcessEnv,
): Promise<unknown> {
  return argumentsOf(cloud).settings(args, env)
}
