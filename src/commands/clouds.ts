import { readFileSync } from 'node:fs'
import type { CloudOption, CloudSettings, Source } from '../capture/clouds/cloud.ts'
import { CLOUD_TABLE } from '../capture/clouds/index.ts'
import { FACTS } from '../core/clouds/index.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import { CLOUDS, type CloudName } from '../core/snapshot/snapshot.ts'
import { InputError, ServiceError } from '../errors.ts'
import { visibleLine } from '../printable.ts'
import { choice, list, type Option, text } from './option.ts'
import { checkUrl } from './url.ts'

type Table = typeof CLOUD_TABLE
type OptionOf<Each> = Each extends { readonly isList: true }
  ? Option<readonly string[] | undefined>
  : Option<string | undefined>
type OptionsOf<Options> = { readonly [Name in keyof Options]: OptionOf<Options[Name]> }
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never
type CloudOptions = Intersection<
  { [Name in CloudName]: OptionsOf<Table[Name]['settings']['options']> }[CloudName]
>

/** The options of all clouds, grouped in the help. */
export const CLOUD_OPTIONS = Object.fromEntries(
  CLOUDS.flatMap((cloud) => {
    const options: Readonly<Record<string, CloudOption>> = CLOUD_TABLE[cloud].settings.options
    return Object.entries(options).map(([name, option]) => [
      name,
      toOption(option, `${FACTS[cloud].title}:`),
    ])
  }),
) as CloudOptions

function toOption(option: CloudOption, group: string): Option<unknown> {
  const { describe, choices, isList, isUrl, read = (value: string) => value } = option
  const shown = { group, ...(option.default && { defaultDescription: option.default }) }
  if (choices !== undefined) return choice(describe, choices, shown)
  if (isUrl) return text(describe, shown, checkUrl)
  if (!isList) return text(describe, shown, read)
  return list<string>(describe, shown, (names, name) =>
    names.map((each) => read(each, name)).toSorted(),
  )
}

/** A cloud's criteria and settings are known only to itself. */
type AnySettings = CloudSettings<object, unknown>
type Environment = Source['env']

function getSettings(cloud: CloudName): AnySettings {
  return CLOUD_TABLE[cloud].settings as unknown as AnySettings
}

/** The criteria of the clouds to query, with what options and environment say. */
export function cloudCriteria(
  criteria: Criteria,
  clouds: readonly CloudName[],
  args: object,
  env: Environment = {},
): Criteria {
  const resolved = clouds.map((cloud) => {
    const own = criteria[cloud as keyof Criteria]
    if (typeof own !== 'object') throw new InputError(`--cloud ${cloud}: the criteria have none`)
    return [cloud, getSettings(cloud).resolve(own, toSource(args, env))]
  })
  const rest = Object.entries(criteria).filter(([key]) => !CLOUDS.includes(key as CloudName))
  return Object.fromEntries([...rest, ...resolved]) as Criteria
}

/** Where a cloud is and who captures. @throws ServiceError without credentials */
export async function cloudSettings(
  cloud: CloudName,
  args: object,
  env: Environment,
): Promise<unknown> {
  return getSettings(cloud).read(toSource(args, env))
}

function toSource(args: object, env: Environment): Source {
  return { args: args as Source['args'], env, readFile }
}

/** @throws ServiceError for a file that cannot be read */
function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ServiceError(`${visibleLine(path)}: cannot be read (${code})`)
  }
}
