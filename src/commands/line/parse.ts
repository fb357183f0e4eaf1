import yargs, { type Argv, type PositionalOptions } from 'yargs'
import { STANDARD_INPUT } from '../../files/read.ts'
import { VERSION } from '../../version.ts'
import { type Command, GLOBAL_OPTIONS } from '../command.ts'
import { COMMANDS } from '../index.ts'
import { toldOf } from '../option.ts'
import { widthOf } from './emit.ts'
import { mistakeIn, refuseAfterHyphens, refuseFlagValues } from './mistakes.ts'
import { runOnStreams } from './streams.ts'

/** What `--help` ends with. */
export const EPILOGUE = `Grades, from the best: exact, the image of the very build; newer-build and older-build, of another
build; older-release, of an earlier OCP or RHEL minor; older-rhel-major, of the RHEL major before.

Exit 0: done, nothing differs. 1: a check found what it looks for. 2: the command line or a file is
wrong. 3: a cloud, the build server or the credentials failed, and no file was touched.`

/**
 * Runs a command line, by yargs: it parses, helps, completes, and says what is wrong.
 *
 * @param words the command line, without node and the program
 * @throws InputError for a mistake in the command line, and what a command throws
 */
export async function runWords(words: readonly string[]): Promise<void> {
  const mistake = (message: string) => mistakeIn(message, words)
  refuseAfterHyphens(words)
  const [first, second] = words
  if (first === undefined) return runWords(['--help'])
  if (first === 'help') return runWords(second === undefined ? ['--help'] : [second, '--help'])
  // yargs makes an empty word of a hyphen.
  const cli = yargs(words.map((word) => (word === '-' ? STANDARD_INPUT : word)))
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
    .wrap(Math.min(100, widthOf('stdout') ?? 100))
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
      (values) => {
        if (!words.includes('--debug')) hushSdks()
        return runOnStreams(command, values)
      },
    )
  }
  try {
    await cli.parseAsync()
  } catch (error) {
    // A half-typed line is no error to tell of.
    if (words.includes('--get-yargs-completions')) process.exit()
    throw isOfYargs(error) ? mistake(error.message) : error
  }
}

/**
 * An SDK's warnings are for those who choose its version, and would stand among our own lines. In
 * another program's process they are that program's concern.
 */
function hushSdks(): void {
  process.removeAllListeners('warning')
  for (const name of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    console[name] = () => undefined
  }
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
