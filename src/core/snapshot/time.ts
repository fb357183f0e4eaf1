import type { Image, ImageState } from './snapshot.ts'

const RFC_3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/

/**
 * Reads a time of RFC 3339, in milliseconds since 1970. GCP's publishers leave out the seconds. A
 * leap second is read as the second after it. Undefined for everything else, such as a date alone.
 */
export function readTime(text: string): number | undefined {
  const time = text.toUpperCase()
  const match = RFC_3339.exec(time)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0))
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  if (month < 1 || month > 12 || day < 1 || day > lastDay) return undefined
  if (hour > 23 || minute > 59 || second > 60) return undefined
  if (second < 60) return Date.parse(time)
  return Date.parse(time.replace(/:60(\.[0-9]+)?(?=[^0-9])/, ':59')) + 1000
}

export function hasUnreadableDate({ deprecation }: Pick<Image, 'deprecation'>): boolean {
  return deprecation !== undefined && readTime(deprecation) === undefined
}

/**
 * The state of an image at a time. A snapshot has the date on which the cloud deprecates an image;
 * whether that is past depends on the snapshot's `capturedAt`, so a replay on a later day gives the
 * same. An image with an unreadable date is in an unknown state.
 */
export function stateAt(image: Image, time: string): ImageState {
  const { state, deprecation } = image
  if (deprecation === undefined || state === 'unavailable' || state === 'deprecated') return state
  const [end, now] = [readTime(deprecation), readTime(time)]
  if (end === undefined || now === undefined) return 'unknown'
  return end <= now ? 'deprecated' : state
}
