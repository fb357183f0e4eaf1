/** Preloaded into the command line: writes what it used into the file USAGE at its exit. */
import { readFileSync, writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const usage = {
    megabytes: (ownPeak() ?? maxRSS) / 1024,
    seconds: (userCPUTime + systemCPUTime) / 1e6,
  }
  writeFileSync(String(process.env.USAGE), JSON.stringify(usage))
})

/** In kB. What the system gives as the most begins with that of the process that started this one. */
function ownPeak() {
  try {
    const [, peak] = /^VmHWM:\s+([0-9]+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return peak === undefined ? undefined : Number(peak)
  } catch {
    return undefined
  }
}
