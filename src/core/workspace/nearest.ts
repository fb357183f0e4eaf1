/** The one of some names that a mistyped one is nearest to; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((each) => ({ each, distance: distanceOf(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const [first] = ranked
  return first !== undefined && first.distance <= Math.max(2, first.each.length / 3)
    ? first.each
    : undefined
}

/** How many letters have to be put in, taken out or changed: Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [at, letter] of [...a.slice(0, 60)].entries()) {
    let diagonal = row[0] ?? 0
    const next = [at + 1]
    for (let to = 1; to <= b.length; to += 1) {
      const above = row[to] ?? 0
      next.push(
        Math.min(above + 1, (next[to - 1] ?? 0) + 1, diagonal + Number(letter !== b[to - 1])),
      )
      diagonal = above
    }
    row = next
  }
  return row[b.length] ?? 0
}
