import { HISTORY_FORMATS, type HistoryForm, type HistoryFormat } from '../show/history.ts'
import { command } from './command.ts'
import { choice, count, flag, needed, text } from './option.ts'
import { readSince } from './since.ts'
import { readHistory, TARGET_OPTION } from './versions.ts'

const formats = Object.keys(HISTORY_FORMATS) as HistoryFormat[]

export const historyCommand = command({
  name: 'history',
  describe: 'Tell the life of a snapshot or a stream in git, version by version',
  positionals: { PATH: needed('A snapshot or a stream that is in git') },
  options: {
    output: choice('How to print', formats, { alias: 'o' }, 'table'),
    since: text('The versions committed from then on: 2024-10-01, or "2 weeks ago"'),
    'max-count': count('The last so many versions'),
    target: TARGET_OPTION,
    full: flag('What each version holds as well, slot by slot'),
  },
  examples: [
    ['history snapshots/rhcos-4.18.json', 'each version, and what it did'],
    ['history rhcos.json -o csv --since 2024-01-01', 'for a spreadsheet'],
  ],
  forStream: ({ snapshot, target }) => ({ PATH: snapshot, target }),

  async run(args, { folder, terminal, now }) {
    const { PATH, output, 'max-count': maxCount, full = false, target } = args
    const since = args.since === undefined ? undefined : readSince(args.since, '--since', now())
    const { print, isLatestFirst, open, between, close }: HistoryForm = HISTORY_FORMATS[output]
    const pieces: string[] = []
    const problems: string[] = []
    let count = 0
    const show = isLatestFirst ? (piece: string) => pieces.push(piece) : terminal.data
    for await (const version of readHistory(
      PATH,
      { folder, terminal },
      { since, maxCount },
      target,
    )) {
      const { commit, problem } = version
      show((count === 0 ? open : between) ?? '')
      show(print(version, { isFull: full }, terminal))
      if (problem !== undefined) problems.push(`${commit.slice(0, 7)}: left out: ${problem}`)
      count += 1
    }
    if (count === 0) show(open ?? '')
    show(close ?? '')
    if (isLatestFirst) terminal.page(pieces.reverse().join(''))
    if (count === 0) terminal.say(`${PATH}: no version since ${since}`)
    for (const problem of problems) terminal.warn(problem)
  },
})
