import type { HistoryVersion, Window } from '../core/history/history.ts'
import { InputError } from '../errors.ts'
import { NoVersions } from '../files/git/history.ts'
import { historyCsv, historyCsvHeader, printVersion, versionJson } from '../show/history.ts'
import {
  findHistories,
  type HistoryRequest,
  openHistory,
  type StreamHistory,
} from '../workflows/history.ts'
import { type Context, command } from './command.ts'
import { count, flag, format, text } from './option.ts'

export const PATH_OPTION = text('Snapshot, stream, marketplace file or stream name (default: all)')
export const TARGET_OPTION = text('Use the releases of this stream if PATH has no builds')

const FORMATS = ['table', 'json', 'csv'] as const

export const historyCommand = command({
  name: 'history',
  group: 'Review',
  describe: 'Show the git history of a snapshot or a stream',
  takesStreams: true,
  positionals: { PATH: PATH_OPTION },
  options: {
    output: format(FORMATS, 'table'),
    since: text('Start date, such as 2024-10-01 or "2 weeks ago"'),
    'max-count': count('Show only the N latest versions'),
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
    const formats: Readonly<Record<(typeof FORMATS)[number], Format>> = {
      table: {
        version: (version) => printVersion(version, full, terminal),
        isLatestFirst: true,
        begin: (title, nth) => `${nth > 0 ? '\n' : ''}${isOne ? '' : `${title}:\n`}`,
      },
      csv: {
        version: (version, title) => historyCsv(version, isOne ? undefined : title),
        begin: (_, nth) => (nth > 0 ? '' : historyCsvHeader(!isOne)),
      },
      json: {
        version: (version, _, nth) =>
          `${nth > 0 ? ',' : ''}\n${JSON.stringify(versionJson(version), undefined, 2).replaceAll(/^/gm, '  ')}`,
        begin: (title, nth) =>
          isOne ? '[' : `${nth > 0 ? ',' : '{'}\n${JSON.stringify(title)}: [`,
        end: '\n]',
        close: isOne ? '\n' : '\n}\n',
      },
    }
    const { version: print, isLatestFirst, begin, end = '', close = '' } = formats[output]
    let streams = 0
    await showHistories(requests, context, { since, maxCount }, async ({ title }, { versions }) => {
      const waiting: string[] = []
      let count = 0
      for await (const version of versions) {
        const text = print(version, title, count)
        count += 1
        if (isLatestFirst) waiting.push(text)
        else terminal.data(count === 1 ? begin(title, streams) + text : text)
      }
      if (isLatestFirst || count === 0) terminal.data(begin(title, streams))
      terminal.data(waiting.reverse().join('') + end)
      if (count === 0) terminal.say(`${title}: no version since ${args.since}`)
      streams += 1
    })
    terminal.data(close)
  },
})

interface Format {
  readonly version: (version: HistoryVersion, title: string, nth: number) => string
  /** Otherwise each version is printed as soon as it is read. */
  readonly isLatestFirst?: boolean
  readonly begin: (title: string, nth: number) => string
  readonly end?: string
  readonly close?: string
}

/**
 * Shows histories one after the other, and reports those without a version in git.
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
        if (version.problem !== undefined) terminal.warn(`${id}: skipped: ${version.problem}`)
        last = version
        yield version
      }
    }
    await show(request, { ...history, versions: watch(history.versions) })
    if (cut !== undefined) {
      terminal.say(
        `${title}: shallow clone: the history before ${cut} and the changes in ${cut} are unknown; to fetch them, run git fetch --unshallow`,
      )
    }
    if (last && last.slots.length > 0 && Object.keys(last.releases).length === 0) {
      terminal.say(`${title}: no builds, so images are not graded; add --target FILE`)
    }
  }
  const [first] = missing
  if (first && missing.length === requests.length) throw first
  for (const { message } of missing) terminal.say(`${message}; skipped`)
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

/** Reads a date, an RFC 3339 time, or an age in the syntax of git: `2 weeks ago`, `2.weeks`. */
function readSince(given: string, now: Date): string {
  const [, count, unit = ''] =
    /^(\d{1,4})[ .]?(hour|day|week|month|year)s?(?:[ .]ago)?$/.exec(given) ?? []
  const [, day] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/.exec(given) ?? []
  // `Date` reads 2024-02-30 as a day in March.
  const isDay = day !== undefined && toIso(Date.parse(day))?.startsWith(day)
  const since = count
    ? toIso(now.getTime() - Number(count) * (UNITS[unit] ?? 0))
    : isDay && toIso(Date.parse(given))
  if (since) return since
  throw new InputError(
    '--since: expected a date or an age',
    'Use a date such as 2024-10-01, or an age such as "2 weeks ago".',
  )
}

function toIso(time: number): string | undefined {
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}
