let isOurs = false

/** Called where the process is the command line's: of a program the console is its own. */
export function ownProcess(): void {
  isOurs = true
}

/** An SDK's warnings are for those who choose its version, and would stand among our own lines. */
export function hushSdks(): void {
  if (!isOurs || process.argv.includes('--debug')) return
  process.removeAllListeners('warning')
  for (const name of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    console[name] = () => undefined
  }
}
