import { spawnSync } from 'node:child_process'
import { CLI } from './cli.ts'

/** Commands that run a program as a user without a passwd entry. The last one is a fallback. */
const WRAPPERS: readonly (readonly string[])[] = [
  ['unshare', '--user', '--map-user=54321'],
  ['setpriv', '--reuid=54321', '--clear-groups'],
  [],
]

/**
 * Starts node as in a pod: without `HOME`, and as a user without a passwd entry if this machine
 * supports that.
 */
export const IN_A_POD: readonly string[] = [
  ...(WRAPPERS.find((wrapper) => {
    const [command = '', ...rest] = [...wrapper, process.execPath, CLI, '--version']
    return spawnSync(command, rest).status === 0
  }) ?? []),
  'env',
  '-u',
  'HOME',
]
