import type { Options } from 'yargs'
import type { Command } from '../command.ts'
import { definitionOf } from './definition.ts'

/** Arguments by the names of options and positionals. */
export type Args = Readonly<Record<string, unknown>>

/**
 * Reads a command line that is plainly right, as yargs would, in a hundredth of the time that yargs
 * takes to load. Whatever is wrong or only unusual (help, a value with quotes, two
 * values of a list in a row) is left to yargs: then the answer is undefined.
 *
 * @param pattern the command as yargs knows it, `diff <A> <B>`
 * @param words the command line, the command's name included
 */
export function readPlain(
  pattern: string,
  command: Pick<Command, 'builder'>,
  words: readonly string[],
): Args | undefined {
  const { options } = definitionOf(command)
  const sorted = sortWords(words.slice(1), options)
  const positionals = sorted && placePositionals(pattern, sorted.free)
  if (positionals === undefined) return undefined
  const args: Record<string, unknown> = { ...positionals }
  for (const [name, option] of options) {
    const values = sorted?.given.get(name)
    if (values === undefined) {
      if (option.demandOption) return undefined
      if (option.default !== undefined) args[name] = option.default
      continue
    }
    const value = argumentOf(option, values)
    if (value === undefined) return undefined
    args[name] = value
  }
  return agree(args, options) ? args : undefined
}

interface Sorted {
  readonly free: readonly string[]
  /** The values of each option that was given; of a flag `true`. */
  readonly given: ReadonlyMap<string, readonly (string | number | true)[]>
}

/** Tells options with their values from the rest; undefined for any word that is not plain. */
export function sortWords(
  words: readonly string[],
  options: ReadonlyMap<string, Options>,
): Sorted | undefined {
  const names = spellings(options)
  const free: string[] = []
  const given = new Map<string, (string | number | true)[]>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) {
      if (!isPlainText(word) || looksLikeNumber(word)) return undefined
      free.push(word)
      continue
    }
    const [, spelling = '', inline] = /^(--[a-z][a-z0-9-]+|-[a-z]$)(?:=(.*))?$/s.exec(word) ?? []
    const name = names.get(spelling)
    const option = name === undefined ? undefined : options.get(name)
    if (name === undefined || option === undefined) return undefined
    const isFlag = option.type === 'boolean'
    if (isFlag && inline !== undefined) return undefined
    if (!isFlag && inline === undefined) at += 1
    const value = isFlag ? true : readValue(option, inline ?? words[at] ?? '')
    const next = words[at + 1] ?? '-'
    // yargs takes a word after a flag for its value, and goes on with a list's.
    if (value === undefined || (isFlag && /^(true|false)$/.test(next))) return undefined
    if (option.array && !next.startsWith('-')) return undefined
    given.set(name, [...(given.get(name) ?? []), value])
  }
  return { free, given }
}

function spellings(options: ReadonlyMap<string, Options>): Map<string, string> {
  const names = new Map<string, string>()
  for (const [name, { alias }] of options) {
    names.set(`--${name}`, name)
    if (typeof alias === 'string') names.set(`-${alias}`, name)
  }
  return names
}

function readValue({ type }: Options, text: string): string | number | undefined {
  if (!isPlainText(text)) return undefined
  if (type === 'string') return text
  if (/^(0|[1-9][0-9]{0,8})$/.test(text)) return Number(text)
  return looksLikeNumber(text) ? undefined : text
}

/** Neither empty nor an option, and without the quotes that yargs takes away. */
function isPlainText(text: string): boolean {
  return /^[^-'"]/.test(text)
}

function looksLikeNumber(text: string): boolean {
  return Number.isFinite(Number(text)) || /^0x/i.test(text)
}

/** A list's values, or the single value; undefined where yargs has something to say of it. */
function argumentOf(option: Options, values: readonly unknown[]): unknown {
  if (!option.array && values.length > 1) return undefined
  const raw = option.array ? values : values[0]
  const value = coerced(option, raw)
  const choices: readonly unknown[] | undefined = option.choices
  const each = Array.isArray(value) ? value : [value]
  return choices === undefined || each.every((one) => choices.includes(one)) ? value : undefined
}

function coerced({ coerce }: Options, value: unknown): unknown {
  try {
    return coerce ? coerce(value) : value
  } catch {
    return undefined
  }
}

/** Gives the words the names that a pattern has for them, `<A> [B..]`; undefined for too few or many. */
function placePositionals(pattern: string, free: readonly string[]): Args | undefined {
  const rest = [...free]
  const args: Record<string, unknown> = {}
  for (const [, open, name = '', dots] of pattern.matchAll(/([<[])([A-Z]+)(\.\.)?[>\]]/g)) {
    if (open === '<' && rest.length === 0) return undefined
    if (dots) args[name] = rest.splice(0)
    else if (rest.length > 0) args[name] = rest.shift()
  }
  return rest.length === 0 ? args : undefined
}

/** Whether what options imply is there, and what they conflict with is not. */
function agree(args: Args, options: ReadonlyMap<string, Options>): boolean {
  return [...options].every(([name, { implies, conflicts }]) => {
    if (args[name] === undefined) return true
    return (
      namesIn(implies).every((other) => args[other] !== undefined) &&
      namesIn(conflicts).every((other) => args[other] === undefined)
    )
  })
}

function namesIn(value: Options['implies'] | Options['conflicts']): string[] {
  return typeof value === 'string' ? [value] : Array.isArray(value) ? value.map(String) : []
}
