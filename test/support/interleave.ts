import type { IoOptions } from './io.ts'

type OnFile = NonNullable<IoOptions['onFile']>

/**
 * Runs a command up to its file at a position, then another one as far as it gets, then the rest of
 * both. All orders of the files of two commands, each of which writes once, end as one of these.
 */
export async function interleave<T>(
  first: (onFile: OnFile) => Promise<T>,
  second: (onFile: OnFile) => Promise<T>,
  position: number,
): Promise<[T, T]> {
  const [stopped, resumed, waiting] = [signal(), signal(), signal()]
  let count = 0
  const one = first(async (event) => {
    if (event === 'file') count += 1
    if (event !== 'file' || count !== position) return
    stopped.give()
    await resumed.given
  })
  await Promise.race([one, stopped.given])
  const two = second(async (event) => {
    if (event === 'wait') waiting.give()
  })
  await Promise.race([two, waiting.given])
  resumed.give()
  return Promise.all([one, two])
}

function signal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give: () => give() }
}
