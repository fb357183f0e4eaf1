/** The name that is most similar to a mistyped one; undefined if none is similar. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [first] = known
    .map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  return first && first.distance <= Math.max(2, first.each.length / 3) ? first.each : undefined
}

/** Levenshtein's distance; of a long name only the beginning is compared. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [at, letter] of [...a.slice(0, 60)].entries()) {
    const next = [at + 1]
    for (let to = 1; to <= b.length; to += 1) {
      const replaced = (row[to - 1] ?? 0) + Number(letter !== b[to - 1])
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, replaced))
    }
    row = next
  }
  return row[b.length] ?? 0
}
