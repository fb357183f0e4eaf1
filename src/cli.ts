#!/usr/bin/env node
import yargs, { type Argv } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { COMMANDS } from './commands/index.ts'
import { mistakeIn, refuseFlagValues } from './commands/mistakes.ts'
import { UserError } from './errors.ts'
import { VERSION } from './version.ts'

const words = hideBin(process.argv)

const cli = yargs(words)
  .scriptName('stream-snapshot')
  .usage('$0 COMMAND\n\nMarketplace images in CoreOS streams: capture once, regenerate anywhere.')
  .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': true })
  .options({
    quiet: { type: 'boolean', describe: 'Say nothing but errors and data', global: true },
    debug: { type: 'boolean', describe: 'Show where an error comes from', global: true },
  })
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
    throw error ?? mistakeIn(message, words)
  })

for (const { command, describe, load } of COMMANDS) {
  cli.command(
    command,
    describe,
    async (argv: Argv) => {
      const built = (await load()).builder(argv)
      refuseFlagValues(flagsOf(argv), words)
      return built
    },
    async (args) => (await load()).run(args as never),
  )
}

try {
  await cli.parseAsync()
} catch (error) {
  // A half-typed line is no error to tell of.
  if (process.argv.includes('--get-yargs-completions')) process.exit()
  // At once: requests that are still under way would keep the process, and have no use.
  process.exit(report(isOfYargs(error) ? mistakeIn(error.message, words) : error))
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

/** Says what went wrong, in one line, and gives the exit code. */
function report(error: unknown): number {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error))
  const debug = process.argv.includes('--debug')
  process.stderr.write(`stream-snapshot: ${firstLine(message)}\n`)
  if (error instanceof UserError && error.remedy) process.stderr.write(`${error.remedy}\n`)
  if (debug) process.stderr.write(`${stack}\n`)
  if (error instanceof UserError) return error.exitCode
  if (!debug) process.stderr.write('This is a fault of stream-snapshot; --debug shows where.\n')
  return 70
}

/** The options without a value that yargs was told of. */
function flagsOf(argv: Argv): readonly string[] {
  return (argv as unknown as { getOptions(): { boolean: string[] } }).getOptions().boolean
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
