import { untilDone } from './command-line/failure.ts'
import { readPlain } from './command-line/plain.ts'
import { COMMANDS } from './commands/index.ts'

/** Runs any command line; `cli.ts` has tried the quick ways before. */
await untilDone(async () => {
  const words = process.argv.slice(2)
  const entry = COMMANDS.find(({ command }) => command.split(' ')[0] === words[0])
  const command = await entry?.load()
  const args = entry && command && readPlain(entry.command, command, words)
  if (args) return command.run(args as never)
  const { runFully } = await import('./command-line/full.ts')
  return runFully(words)
})
