import { COMMANDS } from './commands/index.ts'
import { untilDone } from './commands/line/failure.ts'
import { OF_STREAMS } from './commands/line/names.ts'
import { readPlain } from './commands/line/plain.ts'

/** Runs any command line; `cli.ts` has tried the quick ways before. */
await untilDone(async () => {
  const words = process.argv.slice(2)
  if (!OF_STREAMS.includes(words[0] ?? '')) return run(words)
  const { runEach, withStreams } = await import('./commands/line/streams.ts')
  return runEach(await withStreams(words), run)
})

async function run(words: readonly string[]): Promise<unknown> {
  const entry = COMMANDS.find(({ command }) => command.split(' ')[0] === words[0])
  const command = await entry?.load()
  const args = entry && command && readPlain(entry.command, command, words)
  if (args) return command.run(args as never)
  // A reader of the help that has enough, such as `head`, is no fault of ours.
  process.stdout.on('error', () => process.exit(141))
  const { runFully } = await import('./commands/line/full.ts')
  return runFully(words)
}
