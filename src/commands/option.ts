import { readMajorMinor } from '../core/versions/version.ts'
import { InputError } from '../errors.ts'

interface Details {
  readonly alias?: string
  readonly group?: string
  /** The default in the help: the value, or a description. */
  readonly default?: string | number | undefined
  readonly isHidden?: boolean
  /** Names of other options. */
  readonly implies?: string
  readonly conflicts?: string
  /** Values that a shell completes. */
  readonly values?: readonly string[]
}

export interface Option<Value> extends Details {
  readonly describe: string
  readonly isFlag?: boolean
  /** Whether the value may be omitted. */
  readonly isOptional?: boolean
  /** Whether the option is repeatable; for a positional, whether it takes all remaining words. */
  readonly isList?: boolean
  readonly isNeeded?: boolean
  readonly choices?: readonly string[]
  /**
   * @param words one for each occurrence: `true` or `false` for a flag, empty for a missing value
   * @param name of the option in errors
   * @throws InputError
   */
  readonly read: (words: readonly string[], name: string) => Value
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** The words of a command line, by option and positional. */
export type Words = Readonly<Record<string, readonly string[]>>

type ValueOf<Each> = Each extends Option<infer Value> ? Value : never
type Optional<Table> = {
  [Name in keyof Table]: undefined extends ValueOf<Table[Name]> ? Name : never
}[keyof Table]

/** The values of a table; optional ones may be absent. */
export type ArgsOf<Table> = {
  readonly [Name in Exclude<keyof Table, Optional<Table>>]: ValueOf<Table[Name]>
} & { readonly [Name in Optional<Table>]?: ValueOf<Table[Name]> }

export function text(describe: string, details?: Details): Option<string | undefined>
export function text<Value>(
  describe: string,
  details: Details,
  read: (text: string, name: string) => Value,
): Option<Value | undefined>
export function text(
  describe: string,
  details: Details = {},
  read: (text: string, name: string) => unknown = (given) => given,
): Option<unknown> {
  return {
    describe,
    ...details,
    read: (words, name) => {
      const given = once(words, name)
      return given === undefined ? undefined : read(given, name)
    },
  }
}

export function needed(describe: string): Option<string> {
  return {
    describe,
    isNeeded: true,
    read: (words, name) => once(words, name) ?? refuseMissing(name),
  }
}

/** All words of a positional, or the values of a repeatable option. */
export function texts(
  describe: string,
  details: Pick<Option<unknown>, 'isNeeded' | 'isHidden'> = {},
): Option<readonly string[]> {
  return {
    describe,
    ...details,
    isList: true,
    read: (words, name) => {
      if (words.includes('')) throw new InputError(`${name}: expected a value`)
      return details.isNeeded && words.length === 0 ? refuseMissing(name) : words
    },
  }
}

/** A comma-separated list without duplicates. */
export function list<Value extends string>(
  describe: string,
  details: Details,
  read: (names: readonly string[], name: string) => readonly Value[],
): Option<readonly Value[] | undefined> {
  return text(describe, details, (given, name) => {
    const names = given.split(',').map((each) => each.trim())
    return [...new Set(read(names, name))]
  })
}

export function flag(describe: string, details: Details = {}): Option<boolean | undefined> {
  const read = (words: readonly string[]) => {
    const last = words.at(-1)
    return last === undefined ? undefined : last === 'true'
  }
  return { describe, ...details, isFlag: true, read }
}

export function choice<Value extends string>(
  describe: string,
  choices: readonly Value[],
  details?: Details,
): Option<Value | undefined> {
  const read = (given: string, name: string) => oneOf(choices, given, name)
  return { ...text(describe, details ?? {}, read), choices }
}

export function choices<Value extends string>(
  describe: string,
  all: readonly Value[],
  details: Details = {},
): Option<readonly Value[]> {
  const read = (words: readonly string[], name: string) =>
    words.map((word) => oneOf(all, word, name))
  return { describe, ...details, choices: all, isList: true, read }
}

export function count(
  describe: string,
  { least = 1, ...details }: Details & { readonly least?: number } = {},
): Option<number | undefined> {
  return text(describe, details, (given, name) => {
    const number = Number(given)
    if (Number.isSafeInteger(number) && number >= least) return number
    throw new InputError(`${name}: expected a whole number of at least ${least}`)
  })
}

/** A version X.Y. */
export function version(
  describe: string,
  example: string,
  details: Details = {},
): Option<string | undefined> {
  return text(describe, details, (given, name) => {
    if (readMajorMinor(given) !== undefined) return given
    throw new InputError(`${name}: expected X.Y such as ${example}, found ${JSON.stringify(given)}`)
  })
}

export function withDefault<Value extends string | number>(
  option: Option<Value | undefined>,
  value: NoInfer<Value>,
): Option<Value> {
  return {
    ...option,
    default: value,
    read: (words, name) => option.read(words, name) ?? value,
  }
}

export function format<Format extends string>(
  formats: readonly Format[],
  otherwise: NoInfer<Format>,
): Option<Format> {
  return withDefault(choice('Output format', formats, { alias: 'o' }), otherwise)
}

export const PREVIEW_OPTIONS = {
  check: flag('Write nothing, print the changes, exit 1 if any', { conflicts: 'dry-run' }),
  'dry-run': flag('Write nothing, print the changes, exit 0'),
}

function once([first, ...others]: readonly string[], name: string): string | undefined {
  if (others.length > 0) throw new InputError(`${name}: given more than once`)
  if (first === '') throw new InputError(`${name}: expected a value`)
  return first
}

export function oneOf<Value extends string>(
  all: readonly Value[],
  given: string,
  name: string,
): Value {
  const found = all.find((each) => each === given)
  if (found !== undefined) return found
  throw new InputError(`${name}: expected one of ${all.join(', ')}, found ${JSON.stringify(given)}`)
}

function refuseMissing(name: string): never {
  const isOption = name.startsWith('--')
  throw new InputError(isOption ? `missing option: ${name}` : `missing argument: ${name}`)
}
