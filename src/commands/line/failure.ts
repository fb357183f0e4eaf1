import { ServiceError, UserError } from '../../errors.ts'
import type { Io } from '../../io.ts'
import { visibleLine } from '../../printable.ts'
import { conceal } from '../../secrets.ts'
import { foldLine } from '../../show/table.ts'
import { widthFor } from './terminal.ts'

/** A socket's error that no request handles is the service's. */
export function asServiceError(error: Error): Error {
  const { syscall, code } = error as NodeJS.ErrnoException
  return syscall !== undefined && /^(connect|read|write|getaddrinfo)$/.test(syscall)
    ? new ServiceError(`the connection failed: ${code}`, undefined, { cause: error })
    : error
}

/** Prints what went wrong, and returns the exit code. */
export function reportError(error: unknown, io: Io, isDebug: boolean): number {
  const { message } = error instanceof Error ? error : new Error(String(error))
  const secrets = secretsIn(io.env)
  const print = (line: string) => {
    const lines = foldLine(visibleLine(conceal(line, secrets)), widthFor(io, 'stderr'))
    io.stderr.write(lines.map((each) => `${each}\n`).join(''))
  }
  print(`stream-snapshot: ${firstLine(message)}`)
  if (error instanceof UserError) for (const line of error.lines) print(`  ${line}`)
  if (error instanceof UserError && error.remedy) print(error.remedy)
  if (isDebug) for (const line of traceLines(error)) print(line)
  if (error instanceof UserError) return error.exitCode
  if (!isDebug) print('This is a bug in stream-snapshot. Rerun with --debug for a stack trace.')
  return 70
}

/**
 * Where an error comes from, and what it comes of. Others' messages and codes are left out: they are
 * free text that may hold what an answer said of the one who asked.
 */
function traceLines(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const { name, cause } = error
  const { code = '' } = error as NodeJS.ErrnoException
  const isOfNode = /^(E[A-Z]{2,20}|ERR_[A-Z_]{2,40})$/.test(code)
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return [isOfNode ? `${name} ${code}` : name, ...frames, ...traceLines(cause)]
}

/** The values of credentials in the environment. */
function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    /^(AZURE|AWS|GOOGLE|GCLOUD|CLOUDSDK)_|SECRET|TOKEN|PASSWORD/.test(name) &&
    !PUBLIC.test(name) &&
    value
      ? [value]
      : [],
  )
}

/** Variables that an error has to name: they contain a place and no secret. */
const PUBLIC =
  /_(REGION|LOCATION|FILE|HOST|PROFILE|ENVIRONMENT|CONFIG_DIR|PATH|APPLICATION_CREDENTIALS)$|^AWS_ENDPOINT_URL/

function firstLine(text: string): string {
  return text.split(/[\r\n\u2028\u2029]/)[0] ?? ''
}
