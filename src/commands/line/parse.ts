import yargs, { type Argv, type PositionalOptions } from 'yargs'
import type { Io } from '../../io.ts'
import { VERSION } from '../../version.ts'
import { type Command, contextFor, GLOBAL_OPTIONS } from '../command.ts'
import { COMMANDS } from '../index.ts'
import { HYPHEN, toldOf } from '../option.ts'
import { reportError } from './failure.ts'
import { mistakeIn, refuseAfterHyphens, refuseFlagValues } from './mistakes.ts'
import { runOnStreams } from './streams.ts'
import { widthFor } from './terminal.ts'

/** What `--help` ends with. */
export const EPILOGUE = `Grades, from the best: exact, the image of the very build; newer-build and older-build, of another
build; older-release, of an earlier OCP or RHEL minor; older-rhel-major, of the RHEL major before.

Exit 0: done, nothing differs. 1: a check found what it looks for. 2: the command line or a file is
wrong. 3: a cloud, the build server or the credentials failed, and no file was touched.`

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

/**
 * yargs parses, prints the help, completes, and finds mistakes.
 *
 * @throws InputError for a mistake in the command line, and what a command throws
 */
async function runWords(words: readonly string[], io: Io): Promise<number> {
  const mistake = (message: string) => mistakeIn(message, words)
  refuseAfterHyphens(words)
  const [first, second] = words
  if (first === undefined) return runWords(['--help'], io)
  if (first === 'help') {
    return runWords(second === undefined ? ['--help'] : [second, '--help'], io)
  }
  let code = 0
  let printed = ''
  const cli = yargs([], io.folder.path)
    .locale('en')
    .scriptName('stream-snapshot')
    .usage('$0 COMMAND\n\nMarketplace images in CoreOS streams: capture once, regenerate anywhere.')
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': true })
    .options(toldOf(GLOBAL_OPTIONS))
    .strict()
    .demandCommand(1, 'a command is needed')
    .recommendCommands()
    .version(VERSION)
    .help()
    .alias('help', 'h')
    // The script is `completionCommand`'s; this answers what it asks.
    .completion('yargs-completion', false, completeWord(words))
    .epilogue(EPILOGUE)
    .wrap(Math.min(100, widthFor(io, 'stdout') ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? mistake(message)
    })
  for (const command of COMMANDS) {
    cli.command(
      patternOf(command),
      command.describe,
      (argv: Argv) => {
        describeTo(argv, command)
        refuseFlagValues(flagsOf(command), words)
      },
      async (values) => {
        code = (await runOnStreams(command, values, contextFor(io, values))) ?? 0
      },
    )
  }
  try {
    // yargs makes an empty word of a hyphen.
    const typed = words.map((word) => (word === '-' ? HYPHEN : word))
    await cli.parseAsync(typed, {}, (_error, _values, output) => {
      printed = output
    })
  } catch (error) {
    // Half of a command line is no mistake.
    if (words.includes('--get-yargs-completions')) return 0
    throw isOfYargs(error) ? mistake(error.message) : error
  }
  if (printed !== '') io.stdout.write(`${printed}\n`)
  return code
}

/** `diff [A] [B]`; a file that a stream of the workspace may stand for need not be there. */
export function patternOf({ name, positionals, forStream }: Command): string {
  const places = Object.entries(positionals).map(([place, { told }]) => {
    const each = told.array ? `${place}..` : place
    return told.demandOption && !forStream ? `<${each}>` : `[${each}]`
  })
  return [name, ...places].join(' ')
}

/** Tells yargs what a command takes, and its examples. */
function describeTo(argv: Argv, { positionals, options, examples, forStream }: Command): void {
  for (const group of ['Positionals:', 'Options:']) argv.group([], group)
  for (const [place, { told }] of Object.entries(positionals)) {
    const { demandOption, ...rest } = told
    argv.positional(place, { ...rest, ...(!forStream && { demandOption }) } as PositionalOptions)
  }
  argv.options(toldOf(options))
  argv.group([...Object.keys(GLOBAL_OPTIONS), 'version', 'help'], 'Global options:')
  argv.example(examples.map(([line, what]) => [`$0 ${line}  # ${what}`, '']))
}

/** Options only once a hyphen is there; where nothing fits, the shell completes file names. */
function completeWord(words: readonly string[]) {
  return (
    word: string,
    _: unknown,
    complete: (onCompleted: (error: Error | null, words?: string[]) => void) => unknown,
    done: (words: string[]) => void,
  ): void => {
    const values = valuesAt(words)
    if (values !== undefined) {
      done(values.filter((each) => each.startsWith(word)))
      return
    }
    complete((_error, found = []) => {
      done(found.filter((each) => each.startsWith('-') === word.startsWith('-')))
    })
  }
}

/** What may stand at the end of a half-typed line, if that is the value of an option that knows. */
function valuesAt(words: readonly string[]): readonly string[] | undefined {
  const [previous = ''] = words.slice(-2)
  const command = COMMANDS.find(({ name }) => words.includes(name))
  const name = previous.replace(/^--/, '')
  const option = command && Object.hasOwn(command.options, name) ? command.options[name] : undefined
  return previous.startsWith('--') && option?.values?.length ? option.values : undefined
}

/** What an option's `coerce` throws comes back as an error of yargs' own. */
function isOfYargs(error: unknown): error is Error {
  return error instanceof Error && error.name === 'YError'
}

/** The options that take no value. */
function flagsOf({ options }: Command): string[] {
  const all = Object.entries({ ...options, ...GLOBAL_OPTIONS })
  const own = all.filter(([, { told }]) => told.type === 'boolean').map(([name]) => name)
  return [...own, 'help', 'version']
}
