#!/usr/bin/env node
import yargs, { type Argv } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { conceal } from './capture/secrets.ts'
import { COMMANDS } from './commands/index.ts'
import { InputError, ServiceError, UserError } from './errors.ts'
import { visibleLine } from './json/printable.ts'
import { VERSION } from './version.ts'

const HELP = 'stream-snapshot --help shows the commands, and COMMAND --help their options.'

const cli = yargs(hideBin(process.argv))
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
  .wrap(Math.min(100, process.stdout.columns ?? 100))
  .exitProcess(false)
  .fail((message, error) => {
    throw error ?? new InputError(inOneLine(message), HELP)
  })

for (const { command, describe, load } of COMMANDS) {
  cli.command(
    command,
    describe,
    async (argv: Argv) => (await load()).builder(argv),
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
  // At once: requests that are still under way would keep the process, and have no use.
  process.exit(report(isOfYargs(error) ? new InputError(error.message, HELP) : error))
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

/** What yargs spreads over several lines, such as the choices of an option. */
function inOneLine(text: string): string {
  return text
    .split(/\s*\n\s*/)
    .join(' ')
    .trim()
}

function firstLine(text: string): string {
  return text.split(/[\r\n\u2028\u2029]/)[0] ?? ''
}
