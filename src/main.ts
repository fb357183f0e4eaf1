import { asServiceError, reportError } from './commands/line/failure.ts'
import { run } from './commands/line/parse.ts'
import { exitOnSignals, processIo } from './io.ts'

export async function main(words: readonly string[]): Promise<void> {
  const isDebug = words.includes('--debug')
  exitOnSignals()
  if (!isDebug) silenceLibraries()
  const io = processIo()
  // An SDK may leave requests without a handler, such as the others after one has failed.
  process.once('uncaughtException', (error) =>
    process.exit(reportError(asServiceError(error), io, isDebug)),
  )
  const code = await run(words, io)
  // At once: requests that are still under way would keep the process, and have no use.
  if (code > 1) process.exit(code)
  process.exitCode = code
}

/** A library's warnings are for its programmers, and would mix with the output. */
function silenceLibraries(): void {
  process.removeAllListeners('warning')
  for (const name of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    console[name] = () => undefined
  }
}
