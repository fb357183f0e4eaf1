import { readFileSync } from 'node:fs'
import type { CloudSettings, Source } from '../capture/clouds/cloud.ts'
import { CLOUD_TABLE } from '../capture/clouds/index.ts'
import { missingCredentials } from '../capture/failures.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import { CLOUDS, type CloudName } from '../core/snapshot/snapshot.ts'
import { InputError, MissingCredentials, ServiceError } from '../errors.ts'
import { visibleLine } from '../printable.ts'

/** The settings of all clouds, by the names of the command-line options. */
export type CloudOptions = Readonly<Record<string, unknown>>

type AnySettings = CloudSettings<object, unknown>

function getSettings(cloud: CloudName): AnySettings {
  return CLOUD_TABLE[cloud].settings as unknown as AnySettings
}

/**
 * The criteria of the clouds to query, with the settings of options and environment.
 *
 * @param env undefined for a replay, which reads neither the environment nor credential files
 */
export function cloudCriteria(
  criteria: Criteria,
  clouds: readonly CloudName[],
  args: CloudOptions,
  env: Source['env'] | undefined,
): Criteria {
  const source = env ? { args, env, readFile } : { args, env: {}, readFile: () => undefined }
  const resolved = clouds.map((cloud) => {
    const own = criteria[cloud as keyof Criteria]
    if (typeof own !== 'object') {
      throw new InputError(
        `--cloud ${cloud}: not in the criteria`,
        'Add the cloud to the criteria file, or remove it from --cloud.',
      )
    }
    return [cloud, getSettings(cloud).resolve(own, source)]
  })
  const rest = Object.entries(criteria).filter(([key]) => !CLOUDS.includes(key as CloudName))
  return Object.fromEntries([...rest, ...resolved]) as Criteria
}

/**
 * The endpoints and credentials of clouds.
 *
 * @throws MissingCredentials for all clouds that need them
 */
export async function readSettings(
  clouds: readonly CloudName[],
  args: CloudOptions,
  env: Source['env'],
): Promise<Partial<Record<CloudName, unknown>>> {
  const found: Partial<Record<CloudName, unknown>> = {}
  const missing: MissingCredentials[] = []
  for (const cloud of clouds) {
    try {
      found[cloud] = getSettings(cloud).read({ args, env, readFile })
    } catch (error) {
      if (!(error instanceof MissingCredentials)) throw error
      missing.push(error)
    }
  }
  const [first, ...others] = missing
  if (first === undefined) return found
  if (others.length === 0) throw first
  throw missingCredentials(missing, 'Sign in to each cloud, or query fewer clouds with --cloud.')
}

const PATH = 'Set the variable to the path of a file.'

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    // A longer name is not a path, and may be a secret.
    if (code === 'ENAMETOOLONG')
      throw new ServiceError('(not a path): the path of credentials', PATH)
    const remedy = code === 'EISDIR' ? PATH : 'Check its permissions.'
    throw new ServiceError(`${visibleLine(path)}: cannot be read (${code})`, remedy)
  }
}
