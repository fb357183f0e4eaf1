#!/usr/bin/env node
import yargs, { type Argv } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { conceal } from './capture/secrets.ts'
import { COMMANDS } from './commands/index.ts'
import { mistakeIn, refuseFlagValues } from './commands/mistakes.ts'
import { ServiceError, UserError } from './errors.ts'
import { visibleLine } from './json/printable.ts'
import { VERSION } from './version.ts'

const words = hideBin(process.argv)

const cli = yargs(words)
  .locale('en')
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

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

for (const [signal, code] of Object.entries(SIGNALS)) {
  process.once(signal, () => process.exit(code))
}
// A reader that has enough, such as `head`, is no fault of ours.
process.stdout.on('error', () => process.exit(141))
// What an SDK leaves behind, such as the other requests' sockets when one of them has failed.
process.once('uncaughtException', (error) => process.exit(report(asFailure(error))))

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

/** A socket's error, thrown where nobody waits for it, is the service's. */
function asFailure(error: Error): Error {
  const { syscall, code } = error as NodeJS.ErrnoException
  return syscall !== undefined && /^(connect|read|write|getaddrinfo)$/.test(syscall)
    ? new ServiceError(`the connection failed: ${code}`, undefined, { cause: error })
    : error
}

/** Says what went wrong, in one line, and gives the exit code. */
function report(error: unknown): number {
  const { message } = error instanceof Error ? error : new Error(String(error))
  const debug = process.argv.includes('--debug')
  const say = (line: string) => process.stderr.write(`${visibleLine(conceal(line, known()))}\n`)
  say(`stream-snapshot: ${firstLine(message)}`)
  if (error instanceof UserError && error.remedy) say(error.remedy)
  if (debug) for (const line of traceOf(error)) say(line)
  if (error instanceof UserError) return error.exitCode
  if (!debug) say('This is a fault of stream-snapshot; --debug shows where.')
  return 70
}

/**
 * Where an error comes from, and what it comes of. Others' messages and codes are left out: they are
 * free text that may hold what an answer said of the one who asked.
 */
function traceOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const { name, cause } = error
  const { code = '' } = error as NodeJS.ErrnoException
  const isOfNode = /^(E[A-Z]{2,20}|ERR_[A-Z_]{2,40})$/.test(code)
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return [isOfNode ? `${name} ${code}` : name, ...frames, ...traceOf(cause)]
}

/** Whatever the environment holds of credentials. */
function known(): string[] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    /^(AZURE|AWS|GOOGLE|GCLOUD|CLOUDSDK)_|SECRET|TOKEN|PASSWORD/.test(name) && value ? [value] : [],
  )
}

/** The options without a value that yargs was told of. */
function flagsOf(argv: Argv): readonly string[] {
  return (argv as unknown as { getOptions(): { boolean: string[] } }).getOptions().boolean
}

function firstLine(text: string): string {
  return text.split(/[\r\n\u2028\u2029]/)[0] ?? ''
}
