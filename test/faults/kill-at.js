/**
 * Preloaded into the command line: ends it by SIGKILL at the file operation that KILL_AT counts to.
 */
import fs from 'node:fs'

const OPERATIONS = [
  'closeSync',
  'fchmodSync',
  'fchownSync',
  'fsyncSync',
  'linkSync',
  'mkdirSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'symlinkSync',
  'writeFileSync',
  'writeSync',
]
const { KILL_AT = '0' } = process.env
let count = 0

function countOne() {
  count += 1
  if (count === Number(KILL_AT)) {
    process.kill(process.pid, 'SIGKILL')
    for (;;);
  }
}

const original = { ...fs }
let depth = 0
for (const name of OPERATIONS) {
  fs[name] = (...args) => {
    // What one of them calls is a part of it.
    if (depth > 0) return original[name](...args)
    depth += 1
    try {
      countOne()
      return original[name](...args)
    } finally {
      depth -= 1
    }
  }
}
