import { appendFileSync } from 'node:fs'

/** One line of the table that `npm run test:faults` prints at its end. */
export interface Tried {
  readonly area: string
  readonly fault: string
  readonly outcome: string
  readonly figures?: Figures | undefined
}

/** What a run took. */
export interface Figures {
  readonly status: number | null
  readonly seconds: number
  readonly megabytes: number
}

/** Adds a line to the table; without a run that prints one, nothing. */
export function tried(area: string, fault: string, outcome: string, took?: Figures): void {
  const file = process.env.TRIED_FILE
  const figures = took && { status: took.status, seconds: took.seconds, megabytes: took.megabytes }
  const line: Tried = { area, fault, outcome, figures }
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`)
}
