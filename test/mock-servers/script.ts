/** The lines that give a shell these variables. */
export function toExports(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  )
}

/** Closes mock servers, once, when the process gets a signal to end. */
export function closeAtTheEnd(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, async () => {
      await close()
      process.exit()
    })
  }
}
