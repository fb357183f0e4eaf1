import { Parser } from 'yargs/helpers'
import { CLOUDS } from '../../core/snapshot/snapshot.ts'
import { nearest } from '../../core/workspace/nearest.ts'
import { WORKSPACE_FILE } from '../../core/workspace/workspace.ts'
import { CheckFailure, InputError } from '../../errors.ts'
import type { Io } from '../../io.ts'
import { VERSION } from '../../version.ts'
import { withFileRemedy } from '../../workflows/remedies.ts'
import { type Command, GLOBAL_OPTIONS, helpRemedy } from '../command.ts'
import { COMMANDS } from '../index.ts'
import type { Option, OptionTable, Words } from '../option.ts'
import { printCompletions, REQUEST } from './completion.ts'
import { reportError } from './failure.ts'
import { printHelp, printOverview } from './help.ts'
import { runOnStreams } from './streams.ts'
import { openTerminal, widthFor } from './terminal.ts'

/**
 * Runs a command line and reports errors.
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
    const described = await withFileRemedy(error, io.folder)
    return reportError(described, io, words.includes('--debug'), words)
  }
}

async function runCommand(typed: readonly string[], io: Io): Promise<number> {
  const [command, words] = parseWords(typed)
  const isOn = (name: string) => words[name]?.at(-1) === 'true'
  const isColored = isOn('color') ? true : isOn('no-color') ? false : undefined
  const terminal = openTerminal(io, { quiet: isOn('quiet'), isColored })
  try {
    const context = { ...io, terminal, onWait: (text: string) => terminal.say(text) }
    return (await runOnStreams(command, words, context)) ?? 0
  } catch (error) {
    if (!isOn('dry-run') || !(error instanceof CheckFailure)) throw error
    // A dry run reports what would be refused.
    reportError(error, io, isOn('debug'), typed)
    return 0
  }
}

function help(words: readonly string[], io: Io): string | undefined {
  const [first, second] = words
  const width = widthFor(io, 'stdout')
  const isHelp = words.some((word) => word === '--help' || word === '-h')
  if (!isHelp && words.some((word) => word === '--version' || word === '-V')) return `${VERSION}\n`
  if (first !== undefined && first !== 'help' && !isHelp) return undefined
  const name = first === 'help' ? second : first
  if (name === undefined || name.startsWith('-')) return printOverview(COMMANDS, width)
  return printHelp(findCommand(name), width)
}

const COMMANDS_REMEDY = 'Run stream-snapshot --help for the commands.'

const CONFIGURATION = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'populate--': true,
}

/** @throws InputError for an unknown command, option or argument */
export function parseWords(typed: readonly string[]): [command: Command, words: Words] {
  const at = typed.findIndex((word) => !isOption(word))
  const command = at < 0 ? undefined : findCommand(typed[at] ?? '')
  const table: OptionTable = { ...command?.options, ...GLOBAL_OPTIONS }
  const fail = (message: string): never => {
    throw new InputError(message, command ? helpRemedy(command.name) : COMMANDS_REMEDY)
  }
  const rest = typed.filter((_, index) => index !== at)
  const { _: places, '--': behind, ...words } = readWords(rest, table)
  for (const name of Object.keys(words)) {
    const option = Object.hasOwn(table, name) ? table[name] : undefined
    checkFlag(name, option ?? fail(unknownOption(name, table, command)), rest)
  }
  if (command === undefined) return fail('missing command')
  const left = [...(places ?? [])]
  for (const [name, { isList }] of Object.entries(command.positionals)) {
    words[name] = left.splice(0, isList ? left.length : 1)
  }
  refuseContent({ ...words, argument: [...left, ...(behind ?? [])] }, table)
  if (behind?.[0] !== undefined) {
    fail(`unexpected argument after --: ${JSON.stringify(behind[0])}`)
  }
  const [extra] = left
  if (extra !== undefined) {
    const isCloud = (CLOUDS as readonly string[]).includes(extra) && 'cloud' in table
    const hint = words.cloud ? '--cloud takes one cloud here' : `use --cloud ${extra}`
    fail(`unexpected argument: ${extra}${isCloud ? `; ${hint}` : ''}`)
  }
  for (const name of Object.keys(words)) {
    const { conflicts = '', implies } = table[name] ?? {}
    if (words[conflicts]) fail(`--${name} cannot be combined with --${conflicts}`)
    if (implies !== undefined && !words[implies]) fail(`--${name} requires --${implies}`)
  }
  return [command, words]
}

const CONTENT = /^\s*(\{|\[\s*[{"])|-----BEGIN/

/** @throws InputError for content in place of a path, which may be a secret and is not printed */
function refuseContent(words: Words, table: OptionTable): void {
  const [name] =
    Object.entries(words).find(([, values]) => values.some((each) => CONTENT.test(each))) ?? []
  if (name === undefined) return
  throw new InputError(
    `${Object.hasOwn(table, name) ? `--${name}` : name}: expected a path or a name, found the content of a file`,
    'Write the content to a file, and use its path.',
  )
}

/** The words of each option; other words are `_`, and words after `--` are `--`. */
function readWords(rest: readonly string[], table: OptionTable): Record<string, string[]> {
  const options = Object.entries(table)
  const names = (isFlag: boolean) =>
    options.flatMap(([name, option]) => ((option.isFlag === true) === isFlag ? [name] : []))
  const alias = options.flatMap(([name, option]) => (option.alias ? [[name, option.alias]] : []))
  const needing = options.filter(([, { isFlag, isOptional }]) => !isFlag && !isOptional)
  const { argv, error } = Parser.detailed([...rest], {
    configuration: CONFIGURATION,
    boolean: names(true),
    string: names(false),
    alias: Object.fromEntries(alias),
    narg: Object.fromEntries(needing.map(([name]) => [name, 1])),
  })
  const short = new Set(alias.map(([, letter]) => letter))
  const words = Object.entries(argv).flatMap(([name, value]): [string, string[]][] =>
    short.has(name) ? [] : [[name, [value].flat().map(String)]],
  )
  const [, valueless] = /following: ([\w-]+)/.exec(error?.message ?? '') ?? []
  return Object.fromEntries([...words, ...(valueless ? [[valueless, ['']] as const] : [])])
}

/** The parser reads every value of a flag other than `true` as `false`. */
function checkFlag(name: string, { isFlag }: Option<unknown>, rest: readonly string[]): void {
  const given = rest.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)
  if (!isFlag || given === undefined || given === 'true' || given === 'false') return
  throw new InputError(
    `--${name}: unexpected value ${JSON.stringify(given)}`,
    `Use --${name} without a value.`,
  )
}

/** @throws InputError that suggests the nearest command */
export function findCommand(name: string): Command {
  const found = COMMANDS.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = COMMANDS.map((each) => each.name)
  const suggestion = nearest(name, names)
  throw new InputError(
    `unknown command: ${name}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
    COMMANDS_REMEDY,
  )
}

/** A negative number is a value. */
function isOption(word: string): boolean {
  return /^-[^\d]/.test(word)
}

/** Options of other commands that are keys of a stream in the workspace. */
const WORKSPACE_KEYS = new Map([
  ...['name', 'url', 'distro', 'criteria', 'target', 'snapshot', 'require'].map(
    (key) => [key, key] as const,
  ),
  ['layout', 'layouts'],
  ['marketplace-file', 'marketplaceFile'],
  ['no-signatures', 'signatures'],
])

function unknownOption(name: string, table: OptionTable, command: Command | undefined): string {
  const key = WORKSPACE_KEYS.get(name)
  const suggestion = nearest(name, Object.keys(table))
  const shown = `${name.length > 1 ? '--' : '-'}${name}`
  if (key !== undefined && command?.name === 'update') {
    return `unknown option: ${shown}; set ${key} of the stream in ${WORKSPACE_FILE}`
  }
  return `unknown option: ${shown}${suggestion === undefined ? '' : `; did you mean --${suggestion}?`}`
}
