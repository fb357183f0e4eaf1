export function groupBy<T>(things: Iterable<T>, getKey: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const thing of things) {
    const key = getKey(thing)
    const group = groups.get(key)
    if (group) group.push(thing)
    else groups.set(key, [thing])
  }
  return groups
}

/** Groups things whose keys have the same JSON. */
export function groupAlike<T>(
  things: Iterable<T>,
  getKey: (thing: T) => readonly unknown[],
): { readonly first: T; readonly all: readonly T[] }[] {
  const groups = groupBy(things, (thing) => JSON.stringify(getKey(thing)))
  return [...groups.values()].flatMap((all) => all.slice(0, 1).map((first) => ({ first, all })))
}
