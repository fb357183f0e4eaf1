import { homedir } from 'node:os'
import { InputError, ServiceError } from '../../errors.ts'
import type { Source } from './cloud.ts'

/** @returns undefined for a user id without a home folder, as in a pod */
export function getHomeFolder({ HOME }: Source['env']): string | undefined {
  if (HOME) return HOME
  try {
    return homedir()
  } catch {
    return undefined
  }
}

export function readSecrets(env: Source['env'], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value = env[name]
    if (!value) return []
    if (value === value.trim()) return [value]
    throw new InputError(
      `${name}: leading or trailing white space in the value`,
      `Remove the spaces and line ends around the value of ${name}.`,
    )
  })
}

/** Unlike credentials, a path has one line, and has slashes or is short. */
const CONTENT = /[\r\n{]|-----BEGIN|^eyJ|^[\w+/-]{100,}={0,2}$|^.{1001}/

/**
 * Reads the file of credentials that a variable names.
 * @param place the variable, or a file and its member
 * @returns undefined if the variable is not set, or an optional file is missing
 * @throws InputError or ServiceError without the value, which may be the credentials
 */
export function readPath(
  place: string,
  { env, readFile }: Source,
  path = env[place],
  isOptional = false,
): string | undefined {
  if (!path || path === '/dev/null') return undefined
  if (CONTENT.test(path)) {
    throw new InputError(
      `${place}: contains credentials, expected the path of a file`,
      `Write the value to a file and set ${place} to its path.`,
    )
  }
  const text = readFile(path)
  if (text !== undefined || isOptional) return text
  throw new ServiceError(`${place}: no such file`, `Correct or remove ${place}.`)
}

/** Parses a JSON file of credentials. @throws ServiceError without its text */
export function parseCredentials(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch {}
  const what = text.trim() === '' ? 'the file is empty' : 'invalid JSON'
  throw new ServiceError(
    `${file}: ${what}, expected credentials`,
    `Recreate ${file}, or remove it.`,
  )
}
