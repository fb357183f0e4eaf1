import yargs, { type Argv, type Options } from 'yargs'
import { STANDARD_INPUT } from '../../disk/read.ts'
import { VERSION } from '../../version.ts'
import { COMMANDS } from '../index.ts'
import { mistakeIn, refuseAfterHyphens, refuseFlagValues } from './mistakes.ts'

/** What every command takes. */
const GLOBAL_OPTIONS = {
  quiet: { type: 'boolean', describe: 'Say nothing but errors and data', global: true },
  debug: { type: 'boolean', describe: 'Show where an error comes from', global: true },
} as const satisfies Readonly<Record<string, Options>>

/**
 * Runs a command line, by yargs: it parses, helps, completes, and says what is wrong.
 *
 * @param words the command line, without node and the program
 * @throws InputError for a mistake in the command line, and what a command throws
 */
export async function runWords(words: readonly string[]): Promise<void> {
  const mistake = (message: string) =>
    mistakeIn(
      message,
      words,
      COMMANDS.map(({ command }) => command),
    )
  refuseAfterHyphens(words)
  // yargs makes an empty word of a hyphen.
  const cli = yargs(words.map((word) => (word === '-' ? STANDARD_INPUT : word)))
    .locale('en')
    .scriptName('stream-snapshot')
    .usage('$0 COMMAND\n\nMarketplace images in CoreOS streams: capture once, regenerate anywhere.')
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': true })
    .options(GLOBAL_OPTIONS)
    .strict()
    .demandCommand(1, 'a command is needed')
    .recommendCommands()
    .version(VERSION)
    .help()
    .alias('help', 'h')
    .completion(
      'completion',
      'Print a script for bash or zsh that completes commands and options',
      completeWord,
    )
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? mistake(message)
    })
  for (const { command, describe, module } of COMMANDS) {
    cli.command(
      command,
      describe,
      (argv: Argv) => {
        for (const group of ['Positionals:', 'Options:']) argv.group([], group)
        const built = module.builder(argv)
        argv.group([...Object.keys(GLOBAL_OPTIONS), 'version', 'help'], 'Global options:')
        refuseFlagValues(flagsOf(argv), words)
        return built
      },
      (args) => module.run(args as never),
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

/** Options only once a hyphen is there; where nothing fits, the shell completes file names. */
function completeWord(
  word: string,
  _: unknown,
  complete: (onCompleted: (error: Error | null, words?: string[]) => void) => unknown,
  done: (words: string[]) => void,
): void {
  complete((_error, words = []) => {
    done(words.filter((each) => each.startsWith('-') === word.startsWith('-')))
  })
}

/** What an option's `coerce` throws comes back as an error of yargs' own. */
function isOfYargs(error: unknown): error is Error {
  return error instanceof Error && error.name === 'YError'
}

/** The options without a value that yargs was told of. */
function flagsOf(argv: Argv): readonly string[] {
  return (argv as unknown as { getOptions(): { boolean: string[] } }).getOptions().boolean
}
