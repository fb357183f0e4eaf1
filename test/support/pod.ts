import { spawnSync } from 'node:child_process'
import { CLI } from './cli.ts'

/** Ways to be a user without an entry, as a pod is: by a name space, by leave of root, not at all. */
const WITHOUT_AN_ENTRY: readonly (readonly string[])[] = [
  ['unshare', '--user', '--map-user=54321'],
  ['setpriv', '--reuid=54321', '--clear-groups'],
  [],
]

/**
 * Starts node as a pod does: without `HOME`, and as a user without an entry, by the first way by
 * which this machine lets such a user run the command line.
 */
export const IN_A_POD: readonly string[] = [
  ...(WITHOUT_AN_ENTRY.find((way) => {
    const [command = '', ...rest] = [...way, process.execPath, CLI, '--version']
    return spawnSync(command, rest).status === 0
  }) ?? []),
  'env',
  '-u',
  'HOME',
]
