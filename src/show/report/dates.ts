import { readVersion } from '../../core/versions/version.ts'

/**
 * The day that a release or a version tells, as a time in UTC; of a Fedora CoreOS release, which is
 * no version of ours, the first number that is a day.
 */
export function dayOf(text: string): Date | undefined {
  const stamp = readVersion(text)?.stamp ?? /(?:^|\.)(20[0-9]{6})(?=\.|$)/.exec(text)?.[1]
  if (stamp === undefined) return undefined
  const [, year, month, date] = /^(....)(..)(..)/.exec(stamp) ?? []
  const time = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)))
  return Number.isNaN(time.getTime()) ? undefined : time
}

export function printDay(date: Date | undefined): string {
  return date === undefined ? '' : date.toISOString().slice(0, 10)
}
