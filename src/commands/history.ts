import { HISTORY_FORMATS, type HistoryFormat } from '../show/history.ts'
import type { Command } from './command.ts'
import { type CommonArgs, once, terminalOf, wholeNumber } from './options.ts'
import { sinceOption } from './since.ts'
import { readHistory } from './versions.ts'

export interface HistoryArgs extends CommonArgs {
  readonly PATH: string
  readonly output: HistoryFormat
  readonly since?: string | undefined
  readonly 'max-count'?: number | undefined
}

export const historyCommand: Command<HistoryArgs> = {
  builder: (argv) =>
    argv
      .positional('PATH', {
        type: 'string',
        demandOption: true,
        describe: 'A snapshot or a stream that is in git',
      })
      .option('output', {
        alias: 'o',
        choices: Object.keys(HISTORY_FORMATS) as HistoryFormat[],
        default: 'table' as HistoryFormat,
        describe: 'How to print',
        coerce: once('output') as (value: unknown) => HistoryFormat,
      })
      .option('since', {
        type: 'string',
        describe: 'The versions committed from then on: 2024-10-01, or "2 weeks ago"',
        coerce: sinceOption('since'),
      })
      .option('max-count', {
        type: 'string',
        describe: 'The last so many versions',
        coerce: optionalCount,
      })
      .example('$0 history snapshots/rhcos-4.18.json  # each version, and what it did', '')
      .example('$0 history rhcos.json -o csv --since 2024-01-01  # for a spreadsheet', ''),

  async run(args) {
    const { PATH, output, since, 'max-count': maxCount } = args
    const terminal = terminalOf(args)
    const history = await readHistory(PATH, { since, maxCount })
    terminal.data(HISTORY_FORMATS[output](history))
    if (history.length === 0) terminal.say(`${PATH}: no version since ${since}`)
    for (const { commit, problem } of history) {
      if (problem !== undefined) terminal.warn(`${commit.slice(0, 7)}: left out: ${problem}`)
    }
  },
}

function optionalCount(value: unknown): number | undefined {
  return value === undefined ? undefined : wholeNumber('max-count')(value)
}
