export function groupBy<T>(things: Iterable<T>, keyOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const thing of things) {
    const key = keyOf(thing)
    const group = groups.get(key)
    if (group) group.push(thing)
    else groups.set(key, [thing])
  }
  return groups
}

export function alike<T>(
  things: Iterable<T>,
  keyOf: (thing: T) => readonly unknown[],
): { readonly first: T; readonly all: readonly T[] }[] {
  const groups = groupBy(things, (thing) => JSON.stringify(keyOf(thing)))
  return [...groups.values()].flatMap((all) => all.slice(0, 1).map((first) => ({ first, all })))
}
