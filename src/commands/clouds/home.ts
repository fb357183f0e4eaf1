import { homedir } from 'node:os'
import { ServiceError } from '../../errors.ts'
import { readIfExists, refuseEndless } from '../../files/read.ts'

/** The home folder; undefined for a user id without one and without an entry, as in a pod. */
export function homeFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env.HOME) return env.HOME
  try {
    return homedir()
  } catch {
    return undefined
  }
}

/**
 * Looks at files that an SDK reads by itself: of a pipe it would wait without end, and the process
 * with it, which then no signal ends.
 *
 * @throws InputError that names the one that is no file
 */
export function checkFiles(files: readonly (string | undefined)[]): void {
  for (const file of files) if (file && file !== '/dev/null') refuseEndless(file)
}

/**
 * A file of credentials, as JSON's members; undefined where it is not there. What is wrong with it
 * is told without a word of what stands in it.
 *
 * @throws ServiceError that names the file
 */
export async function credentialsFile(
  file: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readIfExists(file)
  if (text === undefined) return undefined
  const value = parse(text.replace(/^\ufeff/, ''))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new ServiceError(
    `${file}: ${text.trim() === '' ? 'is empty' : 'is no JSON object'}, expected credentials`,
    'Write it anew, or remove it.',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
