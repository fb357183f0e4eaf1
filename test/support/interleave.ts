import type { IoOptions } from './io.ts'

type OnFile = NonNullable<IoOptions['onFile']>

/**
 * Runs the first command up to the file access at `position`, then the second command until it ends
 * or waits for a lock, then the rest of both. Because each command writes once, this covers the
 * results of all orders of file accesses.
 */
export async function interleave<T>(
  first: (onFile: OnFile) => Promise<T>,
  second: (onFile: OnFile) => Promise<T>,
  position: number,
): Promise<[T, T]> {
  const [stopped, resumed, waiting] = [deferred(), deferred(), deferred()]
  let count = 0
  const one = first(async (event) => {
    if (event === 'file') count += 1
    if (event !== 'file' || count !== position) return
    stopped.resolve()
    await resumed.promise
  })
  await Promise.race([one, stopped.promise])
  const two = second(async (event) => {
    if (event === 'wait') waiting.resolve()
  })
  await Promise.race([two, waiting.promise])
  resumed.resolve()
  return Promise.all([one, two])
}

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
