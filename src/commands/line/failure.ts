import { InputError, isErrorCode, ServiceError, UserError } from '../../errors.ts'
import type { Io } from '../../io.ts'
import { visibleLine } from '../../printable.ts'
import { conceal } from '../../secrets.ts'
import { foldLine } from '../../show/table.ts'
import { widthFor } from './terminal.ts'

/** An error of a socket that no request handles is an error of the service. */
export function asServiceError(error: Error): Error {
  const { syscall, code } = error as NodeJS.ErrnoException
  return syscall !== undefined && /^(connect|read|write|getaddrinfo)$/.test(syscall)
    ? new ServiceError(`the connection failed: ${code}`, undefined, { cause: error })
    : error
}

/** The limit of the process, such as `ulimit -v`, is no bug. */
function asMemoryLimit(error: unknown): unknown {
  if (!(error instanceof RangeError) || !/out of memory|allocation failed/i.test(error.message)) {
    return error
  }
  const remedy = 'Raise the limit, for example with ulimit -v unlimited.'
  return new InputError('not enough memory for this process', remedy, { cause: error })
}

/** @param words the arguments, which may contain a secret in place of a path */
export function reportError(
  thrown: unknown,
  io: Io,
  isDebug: boolean,
  words: readonly string[] = [],
): number {
  const error = asMemoryLimit(thrown)
  const { message } = error instanceof Error ? error : new Error(String(error))
  const values = words.map((word) => word.replace(/^--[a-z-]+=/, ''))
  const secrets = [
    ...secretsIn(io.env),
    ...values.filter((word) => isSuspect(word) && !io.folder.exists(word)),
  ]
  const print = (text: string) => {
    const line = firstLine(conceal(text, secrets))
    const lines = foldLine(visibleLine(line), widthFor(io, 'stderr'))
    io.stderr.write(lines.map((each) => `${each}\n`).join(''))
  }
  print(`stream-snapshot: ${message}`)
  if (error instanceof UserError) for (const line of error.lines) print(`  ${line}`)
  if (error instanceof UserError && error.remedy) print(error.remedy)
  if (isDebug) for (const line of traceLines(error)) print(line)
  if (error instanceof UserError) return error.exitCode
  if (!isDebug) print('This is a bug in stream-snapshot. Rerun with --debug for a stack trace.')
  return 70
}

/**
 * The stacks of an error and its causes, with the error codes that were received, but without the
 * messages of SDKs, which may contain ids of the account.
 */
function traceLines(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return [[error.name, ...errorCodes(error)].join(' '), ...frames, ...traceLines(error.cause)]
}

/** The members of errors of Node and the SDKs with codes such as `AccessDenied` or 403. */
const CODES = ['code', 'errorCode', 'Code', 'statusCode', 'status'] as const

function errorCodes(error: Error): string[] {
  const members = error as unknown as Readonly<Record<string, unknown>>
  const codes = CODES.map((name) => String(members[name] ?? '')).filter(
    (code) => isErrorCode(code) || /^[0-9]{3}$/.test(code),
  )
  const entra = /\bAADSTS\d{4,8}\b/.exec(error.message)?.[0] ?? []
  return [...new Set(codes.concat(entra))].filter((code) => code !== error.name)
}

function secretsIn(env: NodeJS.ProcessEnv): string[] {
  const isSecret = (name: string) =>
    /^(AZURE|AWS|GOOGLE|GCLOUD|CLOUDSDK)_|SECRET|TOKEN|PASSWORD/.test(name) && !PUBLIC.test(name)
  return Object.entries(env).flatMap(([name, value]) => (value && isSecret(name) ? [value] : []))
}

/** Variables that contain a location, and that errors print. */
const PUBLIC =
  /_(REGION|LOCATION|FILE|HOST|PROFILE|ENVIRONMENT|CONFIG_DIR|PATH|APPLICATION_CREDENTIALS)$|^AWS_ENDPOINT_URL/

/** Neither a URL nor a file name, and with characters as in a password or a key. */
function isSuspect(word: string): boolean {
  if (/^https?:\/\/|\.(json|ya?ml|html)$/.test(word)) return false
  // A secret access key of AWS has 40 characters, and often slashes.
  const parts = /^[A-Za-z0-9+/]{40,}=*$/.test(word) ? [word] : word.split(/[/:=,.-]/)
  const isMixed = (part: string) =>
    [/.{8}/, /[a-z]/, /[A-Z]/, /[0-9]/].every((pattern) => pattern.test(part))
  return /[!$%&*?<>|;#'"`\\\n\r]/.test(word) || parts.some(isMixed)
}

function firstLine(text: string): string {
  return text.split(/[\r\n\u2028\u2029]/)[0] ?? ''
}
