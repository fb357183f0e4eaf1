import type { Options } from 'yargs'
import { InputError } from '../errors.ts'

/** What a lone hyphen is replaced by, of which yargs would make an empty word. No argument can contain it. */
export const HYPHEN = '\0-'

/** An option or a positional: what is told of it, and what its words are read as. */
export interface Option<Value> {
  readonly told: Options
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

/** What yargs is told of a table. */
export function toldOf(table: OptionTable): Record<string, Options> {
  return Object.fromEntries(Object.entries(table).map(([name, { told }]) => [name, told]))
}

type ValueOf<Each> = Each extends Option<infer Value> ? Value : never
type Optional<Table> = {
  [Name in keyof Table]: undefined extends ValueOf<Table[Name]> ? Name : never
}[keyof Table]

/** The values of a table; what may be absent may be left out. */
export type ArgsOf<Table> = {
  readonly [Name in Exclude<keyof Table, Optional<Table>>]: ValueOf<Table[Name]>
} & { readonly [Name in Optional<Table>]?: ValueOf<Table[Name]> }

/** What the help says beside the description. */
type Told = Pick<
  Options,
  'alias' | 'group' | 'defaultDescription' | 'hidden' | 'implies' | 'conflicts'
>

/** A text, given once; undefined where it is not given. */
export function text(describe: string, told?: Told): Option<string | undefined>
export function text<Value>(
  describe: string,
  told: Told,
  read: (text: string, name: string) => Value,
): Option<Value | undefined>
export function text(
  describe: string,
  told: Told = {},
  read: (text: string, name: string) => unknown = (given) => given,
): Option<unknown> {
  return {
    told: { type: 'string', describe, ...told },
    read: (value, name) => {
      const given = once(value, name)
      return given === undefined ? undefined : read(given, name)
    },
  }
}

/** A text that must be given. */
export function needed(describe: string, told: Told = {}): Option<string> {
  return {
    told: { type: 'string', demandOption: true, describe, ...told },
    read: (value, name) => {
      const given = once(value, name)
      if (given === undefined) throw new InputError(`${name} is missing`)
      return given
    },
  }
}

/** Texts, for a positional all that is there, for an option one each time that it is given. */
export function texts(describe: string, told: Options = {}): Option<readonly string[]> {
  return {
    told: { type: 'string', array: true, describe, ...told },
    read: (value) => (Array.isArray(value) ? value.map(asTyped) : []),
  }
}

/** Texts with commas between them, each once. */
export function list<Value extends string>(
  describe: string,
  told: Told,
  read: (names: readonly string[], name: string) => readonly Value[],
  values: readonly string[] = [],
): Option<readonly Value[] | undefined> {
  const option = text(describe, told, (given, name) => {
    const names = given.split(',').map((each) => each.trim())
    return [...new Set(read(names, name))]
  })
  return { ...option, values }
}

export function flag(describe: string, told: Told = {}): Option<boolean | undefined> {
  return {
    told: { type: 'boolean', describe, ...told },
    read: (value) => (value === undefined ? undefined : value === true),
  }
}

/** One of some texts. */
export function choice<Value extends string>(
  describe: string,
  choices: readonly Value[],
  told?: Told,
): Option<Value | undefined>
export function choice<Value extends string>(
  describe: string,
  choices: readonly Value[],
  told: Told,
  otherwise: Value,
): Option<Value>
export function choice<Value extends string>(
  describe: string,
  choices: readonly Value[],
  told: Told = {},
  otherwise?: Value,
): Option<Value | undefined> {
  return {
    told: { type: 'string', choices, describe, default: otherwise, ...told },
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
  told: Told = {},
): Option<readonly Value[]> {
  return {
    told: { type: 'string', array: true, nargs: 1, choices: all, describe, ...told },
    read: (value) => all.filter((each) => Array.isArray(value) && value.includes(each)),
  }
}

/** A whole number from `least` on. */
export function count(
  describe: string,
  told: Told & { readonly least?: number },
  otherwise: number,
): Option<number>
export function count(
  describe: string,
  told?: Told & { readonly least?: number },
): Option<number | undefined>
export function count(
  describe: string,
  { least = 1, ...told }: Told & { readonly least?: number } = {},
  otherwise?: number,
): Option<number | undefined> {
  return {
    told: {
      describe,
      ...(otherwise === undefined ? { type: 'string' } : { default: otherwise }),
      ...told,
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

function once(value: unknown, name: string): string | undefined {
  if (Array.isArray(value)) throw new InputError(`${name}: given more than once`)
  if (value === undefined) return undefined
  if (value === '') throw new InputError(`${name}: expected a value`)
  return asTyped(value)
}

function asTyped(value: unknown): string {
  return value === HYPHEN ? '-' : String(value)
}
