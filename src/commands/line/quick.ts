import type { Command } from '../command.ts'
import { untilDone } from './failure.ts'
import { readPlain } from './plain.ts'

/** Runs a command whose command line is plain; false where yargs has to look at it. */
export async function runQuickly(
  pattern: string,
  command: Command,
  words: readonly string[],
): Promise<boolean> {
  const args = readPlain(pattern, command, words)
  if (args === undefined) return false
  await untilDone(() => command.run(args as never))
  return true
}
