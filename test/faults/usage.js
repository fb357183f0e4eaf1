/** Preloaded into the command line: writes what it used into the file USAGE at its exit. */
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const usage = { megabytes: maxRSS / 1024, seconds: (userCPUTime + systemCPUTime) / 1e6 }
  writeFileSync(String(process.env.USAGE), JSON.stringify(usage))
})
