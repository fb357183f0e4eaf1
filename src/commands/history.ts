import type { HistoryVersion, Window } from '../core/history/history.ts'
import { InputError } from '../errors.ts'
import { NoVersions } from '../files/git/history.ts'
import { historyCsv, historyCsvHeader, historyLines, historyValue } from '../show/history.ts'
import {
  findHistories,
  type HistoryRequest,
  openHistory,
  type StreamHistory,
} from '../workflows/history.ts'
import { type Context, command } from './command.ts'
import { count, flag, format, text } from './option.ts'

export const PATH_OPTION = text('Snapshot, stream, marketplace file or stream name')
export const TARGET_OPTION = text('Take the releases from this stream if PATH has no builds')

export const historyCommand = command({
  name: 'history',
  group: 'Review',
  describe: 'Show the git history of a snapshot or a stream',
  takesStreams: true,
  positionals: { PATH: PATH_OPTION },
  options: {
    output: format(['table', 'json', 'csv'], 'table'),
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
    const since = args.since === undefined ? undefined : readSince(args.since, now())
    const requests = await findHistories(folder, PATH, target)
    const isOne = requests.length === 1
    const print = (version: HistoryVersion, title: string) =>
      output === 'table'
        ? historyLines(version, full, terminal)
        : output === 'csv'
          ? historyCsv(version, isOne ? undefined : title)
          : JSON.stringify(historyValue(version), undefined, 2).replaceAll(/^/gm, '  ')
    const streams = new Map<string, string[]>()
    await showHistories(requests, context, { since, maxCount }, async ({ title }, { versions }) => {
      const texts: string[] = []
      for await (const version of versions) texts.push(print(version, title))
      if (texts.length === 0) terminal.say(`${title}: no version since ${args.since}`)
      streams.set(title, texts)
    })
    if (output === 'table') {
      // The latest version first.
      const tables = [...streams].map(
        ([title, texts]) => `${isOne ? '' : `${title}:\n`}${texts.reverse().join('')}`,
      )
      terminal.data(tables.join('\n'))
    } else if (output === 'csv') {
      terminal.data(historyCsvHeader(!isOne))
      for (const each of [...streams.values()].flat()) terminal.data(each)
    } else {
      for (const [at, [title, texts]] of [...streams].entries()) {
        terminal.data(isOne ? '[' : `${at === 0 ? '{' : ','}\n${JSON.stringify(title)}: [`)
        for (const [nth, each] of texts.entries()) terminal.data(`${nth === 0 ? '' : ','}\n${each}`)
        terminal.data('\n]')
      }
      terminal.data(isOne ? '\n' : '\n}\n')
    }
  },
})

/**
 * Shows histories one after the other. Of several, those that git has no version of are reported and
 * left out.
 *
 * @param show consumes the versions
 * @throws InputError, NoVersions if nothing can be shown
 */
export async function showHistories(
  requests: readonly HistoryRequest[],
  { folder, terminal }: Context,
  window: Window,
  show: (request: HistoryRequest, history: StreamHistory) => Promise<void>,
): Promise<void> {
  const missing: NoVersions[] = []
  for (const request of requests) {
    const history = await openHistory(folder, request, window).catch((error) => {
      if (!(error instanceof NoVersions)) throw error
      missing.push(error)
      return undefined
    })
    if (history === undefined) continue
    const { title } = request
    let cut: string | undefined
    let last: HistoryVersion | undefined
    async function* watch(versions: StreamHistory['versions']) {
      for await (const version of versions) {
        const id = version.commit.slice(0, 7)
        if (version.isCut) cut = id
        if (version.problem !== undefined) terminal.warn(`${id}: left out: ${version.problem}`)
        last = version
        yield version
      }
    }
    await show(request, { ...history, versions: watch(history.versions) })
    if (cut !== undefined) {
      terminal.say(
        `${title}: shallow clone: the history before ${cut}, and the changes of ${cut}, are unknown; git fetch --unshallow fetches them`,
      )
    }
    if (last && last.slots.length > 0 && Object.keys(last.releases).length === 0) {
      terminal.say(`${title}: no builds, so images are not graded; --target FILE names the stream`)
    }
  }
  const [first] = missing
  if (first && missing.length === requests.length) throw first
  for (const { message } of missing) terminal.say(`${message}; left out`)
}

/** In milliseconds. */
const HOUR = 3_600_000
const UNITS: Readonly<Record<string, number>> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
  month: 30 * 24 * HOUR,
  year: 365 * 24 * HOUR,
}

/** A date, a time in RFC 3339, or an age as git takes it: `2 weeks ago`, `2.weeks`. */
function readSince(given: string, now: Date): string {
  const [, count, unit = ''] =
    /^(\d{1,4})[ .]?(hour|day|week|month|year)s?(?:[ .]ago)?$/.exec(given) ?? []
  const [, day] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/.exec(given) ?? []
  // A day that does not exist, such as 2024-02-30, is read as a later one.
  const isDay = day !== undefined && day === toText(Date.parse(day))?.slice(0, 10)
  const time = count
    ? now.getTime() - Number(count) * (UNITS[unit] ?? 0)
    : isDay
      ? Date.parse(given)
      : Number.NaN
  const since = toText(time)
  if (since !== undefined) return since
  throw new InputError(
    '--since: expected a date such as 2024-10-01, or an age such as "2 weeks ago"',
  )
}

function toText(time: number): string | undefined {
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}
