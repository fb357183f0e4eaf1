/** Preloaded into a program: notes at its exit its largest size and, on Linux, what it has read. */
const fs = require('node:fs')

process.on('exit', () => {
  const megabytes = process.resourceUsage().maxRSS / 1024
  fs.writeFileSync(String(process.env.USAGE), JSON.stringify({ megabytes, bytesRead: bytesRead() }))
})

/** Without what the system itself loads of the program. */
function bytesRead() {
  try {
    return Number(/^rchar: (\d+)$/m.exec(fs.readFileSync('/proc/self/io', 'utf8'))?.[1])
  } catch {
    return undefined
  }
}
