import fc from 'fast-check'

/** How often `npm run test:deep` tries each property. */
const CASES = Number(process.env.CASES ?? 10_000)

/** Tries a property so often. */
export function check<T extends unknown[]>(
  area: string,
  what: string,
  property: fc.IProperty<T>,
): void {
  const { numRuns, failed, ...details } = fc.check(property, { numRuns: CASES })
  if (failed) throw new Error(fc.defaultReportMessage({ numRuns, failed, ...details } as never))
  if (numRuns < CASES)
    throw new Error(`${area}: ${what}: tried ${numRuns} times, expected ${CASES}`)
}
