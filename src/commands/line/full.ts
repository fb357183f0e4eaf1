import yargs, { type Argv } from 'yargs'
import { VERSION } from '../../version.ts'
import { COMMANDS } from '../index.ts'
import { GLOBAL_OPTIONS } from './definition.ts'
import { mistakeIn, refuseAfterHyphens, refuseFlagValues } from './mistakes.ts'

/**
 * The whole command line, by yargs: helps, completes, and says what is wrong.
 *
 * @param words the command line, without node and the program
 * @param run what to do with a command's arguments; default: the command
 * @throws InputError for a mistake in the command line, and what a command throws
 */
export async function runFully(
  words: readonly string[],
  run?: (args: unknown) => void,
): Promise<void> {
  const mistake = (message: string) =>
    mistakeIn(
      message,
      words,
      COMMANDS.map(({ command }) => command),
    )
  refuseAfterHyphens(words)
  const cli = yargs([...words])
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
  for (const { command, describe, load } of COMMANDS) {
    cli.command(
      command,
      describe,
      async (argv: Argv) => {
        for (const group of ['Positionals:', 'Options:']) argv.group([], group)
        const built = (await load()).builder(argv)
        argv.group([...Object.keys(GLOBAL_OPTIONS), 'version', 'help'], 'Global options:')
        refuseFlagValues(flagsOf(argv), words)
        return built
      },
      async (args) => (run ? run(args) : (await load()).run(args as never)),
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
