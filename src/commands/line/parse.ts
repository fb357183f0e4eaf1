import { CLOUDS } from '../../core/snapshot/snapshot.ts'
import { nearest } from '../../core/workspace/nearest.ts'
import { InputError } from '../../errors.ts'
import type { Io } from '../../io.ts'
import { VERSION } from '../../version.ts'
import { type Command, GLOBAL_OPTIONS, helpRemedy } from '../command.ts'
import { COMMANDS } from '../index.ts'
import type { OptionTable, Words } from '../option.ts'
import { printCompletions, REQUEST } from './completion.ts'
import { reportError } from './failure.ts'
import { printHelp, printOverview } from './help.ts'
import { runOnStreams } from './streams.ts'
import { openTerminal, widthFor } from './terminal.ts'

/**
 * Runs a command line and prints what goes wrong.
 *
 * @param words the command line, without node and the program
 * @returns the exit code
 */
export async function run(words: readonly string[], io: Io): Promise<number> {
  try {
    const text = words[0] === REQUEST ? await printCompletions(words.slice(1), io) : help(words, io)
    if (text === undefined) return await runCommand(words, io)
    io.stdout.write(text)
    return 0
  } catch (error) {
    return reportError(error, io, words.includes('--debug'))
  }
}

async function runCommand(typed: readonly string[], io: Io): Promise<number> {
  const [command, words] = parseWords(typed)
  const isOn = (name: string) => words[name]?.at(-1) === 'true'
  const isColored = isOn('color') ? true : isOn('no-color') ? false : undefined
  const terminal = openTerminal(io, { quiet: isOn('quiet'), isColored })
  return (await runOnStreams(command, words, { ...io, terminal })) ?? 0
}

function help(words: readonly string[], io: Io): string | undefined {
  const [first, second] = words
  const width = widthFor(io, 'stdout')
  if (first === '--version' || first === '-V') return `${VERSION}\n`
  const isHelp = words.some((word) => word === '--help' || word === '-h')
  if (first !== undefined && first !== 'help' && !isHelp) return undefined
  const name = first === 'help' ? second : first
  if (name === undefined || name.startsWith('-')) return printOverview(COMMANDS, width)
  return printHelp(findCommand(name), width)
}

/**
 * The command of a command line, and its words by option and positional.
 *
 * @throws InputError for an unknown command, option or argument
 */
export function parseWords(typed: readonly string[]): [command: Command, words: Words] {
  const at = typed.findIndex((word) => !isOption(word))
  const command = at < 0 ? undefined : findCommand(typed[at] ?? '')
  const table: OptionTable = { ...command?.options, ...GLOBAL_OPTIONS }
  const fail = (message: string): never => {
    const remedy = 'Run stream-snapshot --help for the commands.'
    throw new InputError(message, command ? helpRemedy(command.name) : remedy)
  }
  const words: Record<string, string[]> = {}
  const places: string[] = []
  const rest = typed.filter((_, index) => index !== at)
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--' && rest[0] !== undefined) {
      throw new InputError(`unexpected argument after --: ${JSON.stringify(rest[0])}`)
    }
    if (word === '--') break
    if (!isOption(word)) {
      places.push(word)
      continue
    }
    const [, shown = '', value] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const [name, option] = findOption(shown, table) ?? fail(unknownOption(shown, table))
    const [next] = rest
    if (option.isFlag && value !== undefined && value !== 'true' && value !== 'false') {
      throw new InputError(`${shown}: unexpected value ${JSON.stringify(value)}`)
    }
    const own = () => (next === undefined || isOption(next) ? '' : rest.shift()) ?? ''
    words[name] = [...(words[name] ?? []), value ?? (option.isFlag ? 'true' : own())]
  }
  if (command === undefined) return fail('missing command')
  for (const [name, { isList }] of Object.entries(command.positionals)) {
    words[name] = places.splice(0, isList ? places.length : 1)
  }
  const [extra] = places
  if (extra !== undefined) {
    const isCloud = (CLOUDS as readonly string[]).includes(extra)
    fail(`unexpected argument: ${extra}${isCloud ? '; --cloud takes one cloud here' : ''}`)
  }
  for (const name of Object.keys(words)) {
    const { conflicts = '', implies } = table[name] ?? {}
    if (words[conflicts]) fail(`--${name} cannot be combined with --${conflicts}`)
    if (implies !== undefined && !words[implies]) fail(`--${name} requires --${implies}`)
  }
  return [command, words]
}

/** @throws InputError that suggests the nearest command */
export function findCommand(name: string): Command {
  const found = COMMANDS.find((each) => each.name === name)
  if (found !== undefined) return found
  const meant = nearest(
    name,
    COMMANDS.map((each) => each.name),
  )
  throw new InputError(
    `unknown command: ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    'Run stream-snapshot --help for the commands.',
  )
}

/** A negative number is a value. */
function isOption(word: string): boolean {
  return /^-[^\d]/.test(word)
}

function findOption(shown: string, table: OptionTable) {
  return Object.entries(table).find(
    ([name, { alias }]) => shown === `--${name}` || shown === `-${alias}`,
  )
}

function unknownOption(shown: string, table: OptionTable): string {
  const meant = nearest(shown.replace(/^-+/, ''), Object.keys(table))
  return `unknown option: ${shown}${meant === undefined ? '' : `; did you mean --${meant}?`}`
}
