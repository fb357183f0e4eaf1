import { appendFileSync } from 'node:fs'

/** One line of the table that `npm run test:faults` prints at its end. */
export interface Tried {
  readonly area: string
  readonly fault: string
  readonly outcome: string
}

/** Adds a line to the table; without a run that prints one, nothing. */
export function tried(area: string, fault: string, outcome: string): void {
  const file = process.env.TRIED_FILE
  if (file) appendFileSync(file, `${JSON.stringify({ area, fault, outcome } satisfies Tried)}\n`)
}
