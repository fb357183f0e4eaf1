import fc from 'fast-check'

/** Number of cases per property. */
const CASES = Number(process.env.CASES ?? 10_000)

export function check<T extends unknown[]>(property: fc.IProperty<T>): void {
  const { numRuns, failed, ...details } = fc.check(property, { numRuns: CASES })
  if (failed) throw new Error(fc.defaultReportMessage({ numRuns, failed, ...details } as never))
  if (numRuns < CASES) throw new Error(`tried ${numRuns} cases, expected ${CASES}`)
}
