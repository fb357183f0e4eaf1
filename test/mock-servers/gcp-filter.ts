const QUOTED = '"(?:[^"\\\\]|\\\\.)*"'
const TERM = new RegExp(`name (eq|ne) (${QUOTED})`, 'g')
const FILTER = new RegExp(`^(${TERM.source}|(\\(${TERM.source}\\) *)+)?$`)

/**
 * What each term of a filter of `images.list` lets through, by RE2 of the whole name; undefined where
 * it is not of the forms that `capture` and gcloud write.
 */
export function readFilter(filter: string): ((name: string) => boolean)[] | undefined {
  if (!FILTER.test(filter)) return undefined
  return [...filter.matchAll(TERM)].map(([, operator, pattern = '']) => {
    const whole = new RegExp(`^(?:${pattern.slice(1, -1).replace(/\\(.)/g, '$1')})$`)
    return (name) => whole.test(name) === (operator === 'eq')
  })
}
