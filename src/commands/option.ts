import type { Options } from 'yargs'
import { InputError } from '../errors.ts'

/** What a lone hyphen is replaced by, of which yargs would make an empty word. No argument can contain it. */
export const HYPHEN = '\0-'

/** An option or a positional: how yargs parses it, and how its words are read. */
export interface Option<Value> {
  readonly yargs: Options
  /** What may stand there, for a shell to complete; `choices` need not be repeated. */
  readonly values?: readonly string[]
  /**
   * @param value what was typed: undefined for nothing, an array where it was given more than once
   * @param name by which an error calls it
   * @throws InputError
   */
  readonly read: (value: unknown, name: string) => Value
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** The options of a table, for yargs. */
export function yargsOptions(table: OptionTable): Record<string, Options> {
  return Object.fromEntries(Object.entries(table).map(([name, { yargs }]) => [name, yargs]))
}

type ValueOf<Each> = Each extends Option<infer Value> ? Value : never
type Optional<Table> = {
  [Name in keyof Table]: undefined extends ValueOf<Table[Name]> ? Name : never
}[keyof Table]

/** The values of a table; what may be absent may be left out. */
export type ArgsOf<Table> = {
  readonly [Name in Exclude<keyof Table, Optional<Table>>]: ValueOf<Table[Name]>
} & { readonly [Name in Optional<Table>]?: ValueOf<Table[Name]> }

/** What an option has besides its description. */
type Details = Pick<
  Options,
  'alias' | 'group' | 'defaultDescription' | 'hidden' | 'implies' | 'conflicts'
>

/** A text, given once; undefined where it is not given. */
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
    yargs: { type: 'string', describe, ...details },
    read: (value, name) => {
      const given = once(value, name)
      return given === undefined ? undefined : read(given, name)
    },
  }
}

/** A text that must be given. */
export function needed(describe: string, details: Details = {}): Option<string> {
  return {
    yargs: { type: 'string', demandOption: true, describe, ...details },
    read: (value, name) => {
      const given = once(value, name)
      if (given === undefined) throw new InputError(`${name} is missing`)
      return given
    },
  }
}

/** Texts, for a positional all that is there, for an option one each time that it is given. */
export function texts(describe: string, details: Options = {}): Option<readonly string[]> {
  return {
    yargs: { type: 'string', array: true, describe, ...details },
    read: (value) => (Array.isArray(value) ? value.map(asTyped) : []),
  }
}

/** Texts with commas between them, each once. */
export function list<Value extends string>(
  describe: string,
  details: Details,
  read: (names: readonly string[], name: string) => readonly Value[],
  values: readonly string[] = [],
): Option<readonly Value[] | undefined> {
  const option = text(describe, details, (given, name) => {
    const names = given.split(',').map((each) => each.trim())
    return [...new Set(read(names, name))]
  })
  return { ...option, values }
}

export function flag(describe: string, details: Details = {}): Option<boolean | undefined> {
  return {
    yargs: { type: 'boolean', describe, ...details },
    read: (value) => (value === undefined ? undefined : value === true),
  }
}

/** One of some texts. */
export function choice<Value extends string>(
  describe: string,
  choices: readonly Value[],
  details?: Details,
): Option<Value | undefined>
export function choice<Value extends string>(
  describe: string,
  choices: readonly Value[],
  details: Details,
  otherwise: Value,
): Option<Value>
export function choice<Value extends string>(
  describe: string,
  choices: readonly Value[],
  details: Details = {},
  otherwise?: Value,
): Option<Value | undefined> {
  return {
    yargs: { type: 'string', choices, describe, default: otherwise, ...details },
    read: (value, name) => {
      const given = once(value, name)
      return choices.find((each) => each === given)
    },
  }
}

/** Some of these texts, one each time that the option is given. */
export function choices<Value extends string>(
  describe: string,
  all: readonly Value[],
  details: Details = {},
): Option<readonly Value[]> {
  return {
    yargs: { type: 'string', array: true, nargs: 1, choices: all, describe, ...details },
    read: (value) => all.filter((each) => Array.isArray(value) && value.includes(each)),
  }
}

/** A whole number from `least` on. */
export function count(
  describe: string,
  details: Details & { readonly least?: number },
  otherwise: number,
): Option<number>
export function count(
  describe: string,
  details?: Details & { readonly least?: number },
): Option<number | undefined>
export function count(
  describe: string,
  { least = 1, ...details }: Details & { readonly least?: number } = {},
  otherwise?: number,
): Option<number | undefined> {
  return {
    yargs: {
      describe,
      ...(otherwise === undefined ? { type: 'string' } : { default: otherwise }),
      ...details,
    },
    read: (value, name) => {
      if (value === undefined) return undefined
      const number = typeof value === 'string' ? Number(value || Number.NaN) : value
      if (typeof number === 'number' && Number.isSafeInteger(number) && number >= least)
        return number
      throw new InputError(`${name}: expected a whole number from ${least} on`)
    },
  }
}

/** The format of what is printed. */
export function format<Format extends string>(
  formats: readonly Format[],
  otherwise: NoInfer<Format>,
): Option<Format> {
  return choice('Output format', formats, { alias: 'o' }, otherwise)
}

/** The ways to see what would be written. */
export const PREVIEW_OPTIONS = {
  check: flag('Write nothing, print the changes, exit 1 if any', {
    conflicts: 'dry-run',
  }),
  'dry-run': flag('Write nothing, print the changes, exit 0'),
}

function once(value: unknown, name: string): string | undefined {
  if (Array.isArray(value)) throw new InputError(`${name}: given more than once`)
  if (value === undefined) return undefined
  if (value === '') throw new InputError(`${name}: expected a value`)
  return asTyped(value)
}

function asTyped(value: unknown): string {
  return value === HYPHEN ? '-' : String(value)
}
