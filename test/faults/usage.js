/** Preload script: writes the memory and CPU time of the process to the file in USAGE at exit. */
import { readFileSync, writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const usage = {
    megabytes: (readPeakMemory() ?? maxRSS) / 1024,
    seconds: (userCPUTime + systemCPUTime) / 1e6,
  }
  writeFileSync(String(process.env.USAGE), JSON.stringify(usage))
})

/**
 * Returns kB, or undefined if /proc is not available. maxRSS is not used on Linux, because it includes the
 * peak of the parent process before exec.
 */
function readPeakMemory() {
  try {
    const [, peak] = /^VmHWM:\s+([0-9]+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return peak === undefined ? undefined : Number(peak)
  } catch {
    return undefined
  }
}
