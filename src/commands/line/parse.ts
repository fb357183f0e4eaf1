import yargs, { type Argv, type PositionalOptions } from 'yargs'
import type { Io } from '../../io.ts'
import { VERSION } from '../../version.ts'
import { type Command, contextFor, GLOBAL_OPTIONS } from '../command.ts'
import { COMMANDS } from '../index.ts'
import { HYPHEN, yargsOptions } from '../option.ts'
import { completer, REQUEST, streamNames } from './completion.ts'
import { reportError } from './failure.ts'
import { printHelp, printOverview } from './help.ts'
import { mistakeIn, refuseAfterHyphens, refuseFlagValues } from './mistakes.ts'
import { runOnStreams } from './streams.ts'
import { widthFor } from './terminal.ts'

/**
 * Runs a command line and prints what goes wrong.
 *
 * @param words the command line, without node and the program
 * @returns the exit code
 */
export async function run(words: readonly string[], io: Io): Promise<number> {
  try {
    return await runWords(words, io)
  } catch (error) {
    return reportError(error, io, words.includes('--debug'))
  }
}

/** @throws InputError for a mistake in the command line, and what a command throws */
async function runWords(words: readonly string[], io: Io): Promise<number> {
  const isCompletion = words.includes(REQUEST)
  const wanted = isCompletion ? undefined : textFor(words, io)
  if (wanted !== undefined) {
    io.stdout.write(wanted)
    return 0
  }
  refuseAfterHyphens(words)
  const mistake = (message: string) => mistakeIn(message, words)
  let code = 0
  const cli = yargs([], io.folder.path)
    .locale('en')
    .scriptName('stream-snapshot')
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': true })
    .version(false)
    .help(false)
    .options(yargsOptions(GLOBAL_OPTIONS))
    .strict()
    .demandCommand(1, 'missing command')
    .recommendCommands()
    // The shell's script is `completionCommand`'s.
    .completion(
      'yargs-completion',
      false,
      completer(words, isCompletion ? await streamNames(io.folder) : []),
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? mistake(message)
    })
  for (const command of COMMANDS) {
    cli.command(
      pattern(command),
      command.describe,
      (argv: Argv) => {
        addOptions(argv, command)
        refuseFlagValues(flags(command), words)
      },
      async (values) => {
        code = (await runOnStreams(command, values, contextFor(io, values))) ?? 0
      },
    )
  }
  // yargs makes an empty word of a hyphen.
  const typed = words.map((word) => (word === '-' ? HYPHEN : word))
  let printed = ''
  try {
    await cli.parseAsync(typed, {}, (_error, _values, output) => {
      printed = output
    })
  } catch (error) {
    // Half of a command line is no mistake.
    if (isCompletion) return 0
    throw isOfYargs(error) ? mistake(error.message) : error
  }
  if (printed !== '') io.stdout.write(`${printed}\n`)
  return code
}

/** The version or a help, if the words request one. */
function textFor(words: readonly string[], io: Io): string | undefined {
  const [first, second] = words
  const width = widthFor(io, 'stdout')
  if (first === '--version' || first === '-V') return `${VERSION}\n`
  const isHelp = words.some((word) => word === '--help' || word === '-h')
  if (first !== undefined && first !== 'help' && !isHelp) return undefined
  const name = first === 'help' ? second : first
  const command = COMMANDS.find((each) => each.name === name)
  if (command !== undefined) return printHelp(command, width)
  if (name === undefined || name.startsWith('-')) return printOverview(COMMANDS, width)
  throw mistakeIn(`Unknown command: ${name}`, [name])
}

/** The command and its positionals as yargs takes them: `diff [A] [B]`. */
function pattern({ name, positionals, forStream }: Command): string {
  const places = Object.entries(positionals).map(
    ([
      place,
      {
        yargs: { array, demandOption },
      },
    ]) => {
      const each = array ? `${place}..` : place
      return demandOption && !forStream ? `<${each}>` : `[${each}]`
    },
  )
  return [name, ...places].join(' ')
}

function addOptions(argv: Argv, { positionals, options, forStream }: Command): void {
  for (const [place, { yargs: own }] of Object.entries(positionals)) {
    const { demandOption, ...rest } = own
    argv.positional(place, { ...rest, ...(!forStream && { demandOption }) } as PositionalOptions)
  }
  argv.options(yargsOptions(options))
}

/** What an option's `coerce` throws comes back as an error of yargs' own. */
function isOfYargs(error: unknown): error is Error {
  return error instanceof Error && error.name === 'YError'
}

/** The options that take no value. */
function flags({ options }: Command): string[] {
  return Object.entries({ ...options, ...GLOBAL_OPTIONS })
    .filter(
      ([
        ,
        {
          yargs: { type },
        },
      ]) => type === 'boolean',
    )
    .map(([name]) => name)
}
