/** Preloaded into a program: writes its largest resident size, in megabytes, at its exit. */
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  writeFileSync(String(process.env.USAGE), String(process.resourceUsage().maxRSS / 1024))
})
