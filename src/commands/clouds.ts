import type { CloudOption } from '../capture/clouds/cloud.ts'
import { CLOUD_TABLE } from '../capture/clouds/index.ts'
import { FACTS } from '../core/clouds/index.ts'
import { CLOUDS, type CloudName } from '../core/snapshot/snapshot.ts'
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
type AllOptions = Intersection<
  { [Name in CloudName]: OptionsOf<Table[Name]['settings']['options']> }[CloudName]
>

/** The options of all clouds, grouped in the help. */
export const CLOUD_OPTIONS = Object.fromEntries(
  CLOUDS.flatMap((cloud) => {
    const options: Readonly<Record<string, CloudOption>> = CLOUD_TABLE[cloud].settings.options
    return Object.entries(options).map(([name, option]) => [
      name,
      toOption(option, FACTS[cloud].title),
    ])
  }),
) as AllOptions

function toOption(option: CloudOption, group: string): Option<unknown> {
  const { describe, choices, isList, isUrl, read = (value: string) => value } = option
  const shown = { group, ...(option.default && { default: option.default }) }
  if (choices !== undefined) return choice(describe, choices, shown)
  if (isUrl) return text(describe, shown, checkUrl)
  if (!isList) return text(describe, shown, read)
  return list<string>(describe, shown, (names, name) =>
    names.map((each) => read(each, name)).toSorted(),
  )
}
