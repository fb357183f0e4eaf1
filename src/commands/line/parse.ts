import type { Io } from '../../io.ts'
import { VERSION } from '../../version.ts'
import { COMMANDS } from '../index.ts'
import { printCompletions, REQUEST } from './completion.ts'
import { reportError } from './failure.ts'
import { printHelp, printOverview } from './help.ts'
import { runOnStreams } from './streams.ts'
import { openTerminal, widthFor } from './terminal.ts'
import { findCommand, parseWords } from './words.ts'

/**
 * Runs a command line and prints what goes wrong.
 *
 * @param words the command line, without node and the program
 * @returns the exit code
 */
export async function run(words: readonly string[], io: Io): Promise<number> {
  try {
    const text = words[0] === REQUEST ? await printCompletions(words.slice(1), io) : help(words, io)
    if (text === undefined) return await runCommand(words, io)
    io.stdout.write(text)
    return 0
  } catch (error) {
    return reportError(error, io, words.includes('--debug'))
  }
}

async function runCommand(typed: readonly string[], io: Io): Promise<number> {
  const [command, words] = parseWords(typed)
  const isOn = (name: string) => words[name]?.at(-1) === 'true'
  const isColored = isOn('color') ? true : isOn('no-color') ? false : undefined
  const terminal = openTerminal(io, { quiet: isOn('quiet'), isColored })
  return (await runOnStreams(command, words, { ...io, terminal })) ?? 0
}

function help(words: readonly string[], io: Io): string | undefined {
  const [first, second] = words
  const width = widthFor(io, 'stdout')
  if (first === '--version' || first === '-V') return `${VERSION}\n`
  const isHelp = words.some((word) => word === '--help' || word === '-h')
  if (first !== undefined && first !== 'help' && !isHelp) return undefined
  const name = first === 'help' ? second : first
  if (name === undefined || name.startsWith('-')) return printOverview(COMMANDS, width)
  return printHelp(findCommand(name), width)
}
