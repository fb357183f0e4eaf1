import { InputError } from '../errors.ts'

/** How far each unit goes back from a time. */
const UNITS: Readonly<Record<string, (time: Date, count: number) => number>> = {
  hour: (time, count) => time.setUTCHours(time.getUTCHours() - count),
  day: (time, count) => time.setUTCDate(time.getUTCDate() - count),
  week: (time, count) => time.setUTCDate(time.getUTCDate() - 7 * count),
  month: (time, count) => time.setUTCMonth(time.getUTCMonth() - count),
  year: (time, count) => time.setUTCFullYear(time.getUTCFullYear() - count),
}

/**
 * Reads a time: `2024-10-01`, which is its first moment in UTC; `2024-10-01T12:00:00Z`; or an age as
 * git takes it, `2 weeks ago`, `2.weeks`. Gives RFC 3339.
 */
export function readSince(text: string, name: string, now: Date): string {
  const time = readDate(text) ?? readAge(text, now)
  if (time !== undefined && !Number.isNaN(time)) return new Date(time).toISOString()
  throw new InputError(
    `${name}: expected a date such as 2024-10-01, or an age such as "2 weeks ago"`,
  )
}

function readDate(text: string): number | undefined {
  const [, day, time = 'T00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:([T ]\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? []
  // A day that does not exist, such as 2024-02-30, is read as a later one.
  if (day === undefined || !isDay(day)) return undefined
  return Date.parse(`${day}${time.replace(' ', 'T')}${zone}`)
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function readAge(text: string, now: Date): number | undefined {
  const [, count, unit = ''] =
    /^(\d{1,4})[ .]?(hour|day|week|month|year)s?(?:[ .]ago)?$/.exec(text) ?? []
  return count === undefined ? undefined : UNITS[unit]?.(now, Number(count))
}
