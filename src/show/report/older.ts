import type { HistoryVersion } from '../../core/history/history.ts'
import { countChanges, SIGN_WORDS, type Sign } from '../history.ts'
import { type Heading, type Html, html, numbers } from './html.ts'

/** The history of one stream or snapshot on a page. */
export interface PageStream {
  /** The name of the file, or of the stream in its workspace. */
  readonly name: string
  /** Oldest first. */
  readonly history: readonly HistoryVersion[]
  /** Counts of the versions before. */
  readonly older?: readonly Year[]
  /** What the address of a commit begins with, if the remote repository is known. */
  readonly commits?: string | undefined
}

/** The number of versions of a year, and of their changes. */
export interface Year {
  readonly year: string
  /** When the first of them was committed. */
  readonly begins: string
  readonly versions: number
  readonly changes: Readonly<Record<Sign, number>>
}

/** The largest number of versions that a page shows one by one. */
export const SHOWN = 200

/** The stream with all but the latest versions replaced by counts per year. */
export function fold({ history, older = [], ...rest }: PageStream, count: number): PageStream {
  const years = new Map(older.map((each) => [each.year, each]))
  for (const version of history.slice(0, -count)) {
    const year = version.date.slice(0, 4)
    const before = years.get(year)
    const { versions = 0, begins = version.date, changes } = before ?? {}
    const own = countChanges(version)
    const sum = (sign: Sign) => (changes?.[sign] ?? 0) + own[sign]
    const counts = { '+': sum('+'), '~': sum('~'), '-': sum('-') }
    years.set(year, { year, begins, versions: versions + 1, changes: counts })
  }
  return { ...rest, history: history.slice(-count), older: [...years.values()] }
}

export function countVersions({ history, older = [] }: PageStream): number {
  return older.reduce((sum, { versions }) => sum + versions, history.length)
}

/** The older versions per year. */
export function olderTable(older: readonly Year[]): Html {
  if (older.length === 0) return html``
  return numbers(
    'earlier versions and their changes per year',
    ['year', 'versions', ...Object.values(SIGN_WORDS)].map((name): Heading => [name, 'number']),
    older
      .toReversed()
      .map(({ year, versions, changes }) => [
        year,
        String(versions),
        ...(['+', '~', '-'] as const).map((sign) => String(changes[sign])),
      ]),
  )
}
