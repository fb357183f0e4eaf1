import { ServiceError, UserError } from '../../errors.ts'
import { visibleLine } from '../../printable.ts'
import { conceal } from '../../secrets.ts'
import { foldLine } from '../../show/table.ts'
import { emit, widthOf } from './emit.ts'

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Does the process's work; whatever ends it early is told in one line and an exit code. */
export async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => process.exit(code))
  }
  // What an SDK leaves behind, such as the other requests' sockets when one of them has failed.
  process.once('uncaughtException', (error) => process.exit(report(asFailure(error))))
  try {
    await work()
  } catch (error) {
    // At once: requests that are still under way would keep the process, and have no use.
    process.exit(report(error))
  }
}

/** Says something where a signal ends the process. @returns takes it back */
export function onInterrupt(say: () => void): () => void {
  const signals = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]
  for (const signal of signals) process.prependListener(signal, say)
  return () => {
    for (const signal of signals) process.off(signal, say)
  }
}

/** A socket's error, thrown where nobody waits for it, is the service's. */
function asFailure(error: Error): Error {
  const { syscall, code } = error as NodeJS.ErrnoException
  return syscall !== undefined && /^(connect|read|write|getaddrinfo)$/.test(syscall)
    ? new ServiceError(`the connection failed: ${code}`, undefined, { cause: error })
    : error
}

/** Says what went wrong, in one line, and gives the exit code. */
export function report(error: unknown): number {
  const { message } = error instanceof Error ? error : new Error(String(error))
  const debug = process.argv.includes('--debug')
  const say = (line: string) => {
    const lines = foldLine(visibleLine(conceal(line, known())), widthOf('stderr'))
    emit('stderr', lines.map((each) => `${each}\n`).join(''))
  }
  say(`stream-snapshot: ${firstLine(message)}`)
  if (error instanceof UserError) for (const line of error.lines) say(`  ${line}`)
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
    /^(AZURE|AWS|GOOGLE|GCLOUD|CLOUDSDK)_|SECRET|TOKEN|PASSWORD/.test(name) &&
    !PUBLIC.test(name) &&
    value
      ? [value]
      : [],
  )
}

/** Variables that say where something is and not who somebody is: an error has to name them. */
const PUBLIC =
  /_(REGION|LOCATION|FILE|HOST|PROFILE|ENVIRONMENT|CONFIG_DIR|PATH|APPLICATION_CREDENTIALS)$|^AWS_ENDPOINT_URL/

function firstLine(text: string): string {
  return text.split(/[\r\n\u2028\u2029]/)[0] ?? ''
}
