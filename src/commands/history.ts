import type { HistoryVersion } from '../core/history/history.ts'
import { historyCsv, historyCsvHeader, historyLines, historyValue } from '../show/history.ts'
import { command } from './command.ts'
import { findHistories, PATH_OPTION, showHistories, TARGET_OPTION } from './history-streams.ts'
import type { Terminal } from './line/terminal.ts'
import { count, flag, format, text } from './option.ts'
import { readSince } from './since.ts'

/** How a format prints histories, version by version. */
interface Printer {
  /** @param stream undefined for the only history */
  begin(stream: string | undefined): void
  version(version: HistoryVersion): void
  end(): void
  close(): void
}

const PRINTERS = { table: tablePrinter, json: jsonPrinter, csv: csvPrinter } as const
type Format = keyof typeof PRINTERS

export const historyCommand = command({
  name: 'history',
  group: 'Review',
  describe: 'Show the git history of a snapshot or a stream',
  takesStreams: true,
  positionals: { PATH: PATH_OPTION },
  options: {
    output: format(Object.keys(PRINTERS) as Format[], 'table'),
    since: text('First day, as 2024-10-01 or "2 weeks ago"'),
    'max-count': count('The latest N versions'),
    target: TARGET_OPTION,
    full: flag('Show the images of each version, with grades'),
  },
  examples: [
    ['history snapshots/rhcos-4.18.json', 'each version and its changes'],
    ['history rhel-9 -o csv --since 2024-01-01', 'for a spreadsheet'],
  ],

  async run(args, context) {
    const { PATH, output, 'max-count': maxCount, full = false, target } = args
    const { folder, terminal, now } = context
    const since = args.since === undefined ? undefined : readSince(args.since, '--since', now())
    const requests = await findHistories(folder, PATH, target)
    const printer = PRINTERS[output](terminal, full)
    await showHistories(requests, context, { since, maxCount }, async ({ title }, { versions }) => {
      printer.begin(requests.length > 1 ? title : undefined)
      let isEmpty = true
      for await (const version of versions) {
        printer.version(version)
        isEmpty = false
      }
      printer.end()
      if (isEmpty) terminal.say(`${title}: no version since ${args.since}`)
    })
    printer.close()
  },
})

/** The latest version first, through a pager. */
function tablePrinter(terminal: Terminal, isFull: boolean): Printer {
  const streams: string[] = []
  let heading = ''
  let versions: string[] = []
  return {
    begin(stream) {
      heading = stream === undefined ? '' : `${stream}:\n`
      versions = []
    },
    version: (version) => versions.unshift(historyLines(version, isFull, terminal)),
    end: () => streams.push(heading + versions.join('')),
    close: () => terminal.page(streams.join('\n')),
  }
}

/** A list of versions, or an object with a list for each stream. */
function jsonPrinter(terminal: Terminal): Printer {
  let streams = 0
  let versions = 0
  let isObject = false
  return {
    begin(stream) {
      isObject = stream !== undefined
      const key = isObject ? `${streams > 0 ? ',' : '{'}\n${JSON.stringify(stream)}: ` : ''
      terminal.data(`${key}[`)
      streams += 1
      versions = 0
    },
    version(version) {
      const text = JSON.stringify(historyValue(version), undefined, 2)
      terminal.data(`${versions > 0 ? ',' : ''}${`\n${text}`.replaceAll('\n', '\n  ')}`)
      versions += 1
    },
    end: () => terminal.data('\n]'),
    close: () => terminal.data(isObject ? '\n}\n' : '\n'),
  }
}

function csvPrinter(terminal: Terminal): Printer {
  let name: string | undefined
  let streams = 0
  return {
    begin(stream) {
      name = stream
      if (streams === 0) terminal.data(historyCsvHeader(stream !== undefined))
      streams += 1
    },
    version: (version) => terminal.data(historyCsv(version, name)),
    end: () => undefined,
    close: () => undefined,
  }
}
