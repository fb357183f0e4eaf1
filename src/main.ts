import { asServiceError, reportError } from './commands/line/failure.ts'
import { run } from './commands/line/parse.ts'
import { exitOnSignals, processIo } from './io.ts'

export async function main(words: readonly string[]): Promise<void> {
  const isDebug = words.includes('--debug')
  exitOnSignals()
  if (!isDebug) silenceLibraries()
  const io = processIo()
  // After a failed request, SDKs do not handle the errors of other requests.
  process.once('uncaughtException', (error) =>
    process.exit(reportError(asServiceError(error), io, isDebug)),
  )
  const code = await run(words, io)
  // Exits immediately, as pending requests would keep the process running.
  if (code > 1) process.exit(code)
  process.exitCode = code
}

/** The warnings of libraries would mix with the output. */
function silenceLibraries(): void {
  process.removeAllListeners('warning')
  for (const name of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    console[name] = () => undefined
  }
}
