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
    since: text('Start date, such as 2024-10-01'),
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
    const { folder, terminal } = context
    const since = args.since === undefined ? undefined : readSince(args.since)
    const requests = await findHistories(folder, PATH, target)
    const isOne = requests.length === 1
    const print: Readonly<Record<Format, (version: HistoryVersion, title: string) => string>> = {
      table: (version) => printVersion(version, full, terminal),
      csv: (version, title) => historyCsv(version, isOne ? undefined : title),
      json: (version) => JSON.stringify(versionJson(version), undefined, 2),
    }
    const shown = new Map<string, string[]>()
    await showHistories(requests, context, { since, maxCount }, async ({ title }, { versions }) => {
      const texts: string[] = []
      for await (const version of versions) texts.push(print[output](version, title))
      if (texts.length === 0) terminal.say(`${title}: no version since ${args.since}`)
      shown.set(title, texts)
    })
    terminal.data(JOIN[output](shown, isOne))
  },
})

type Format = (typeof FORMATS)[number]

/** Joins the versions of streams, the oldest first. */
const JOIN: Readonly<
  Record<Format, (streams: ReadonlyMap<string, readonly string[]>, isOne: boolean) => string>
> = {
  table: (streams, isOne) =>
    [...streams]
      .map(([title, texts]) => `${isOne ? '' : `${title}:\n`}${texts.toReversed().join('')}`)
      .join('\n'),
  csv: (streams, isOne) => historyCsvHeader(!isOne) + [...streams.values()].flat().join(''),
  json(streams, isOne) {
    const lists = [...streams].map(([title, texts]) => {
      const list = `[\n${texts.join(',\n')}\n]`
      return isOne ? list : `${JSON.stringify(title)}: ${list}`
    })
    return isOne ? `${lists.join('')}\n` : `{\n${lists.join(',\n')}\n}\n`
  },
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

/** Reads a date, or a time as in RFC 3339. */
function readSince(given: string): string {
  const [, day = ''] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/.exec(given) ?? []
  // `Date` reads 2024-02-30 as a day in March.
  const isDay = toIso(day)?.startsWith(day)
  const since = isDay ? toIso(given) : undefined
  if (since !== undefined) return since
  throw new InputError('--since: expected a date', 'Use a date such as 2024-10-01.')
}

function toIso(text: string): string | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}
