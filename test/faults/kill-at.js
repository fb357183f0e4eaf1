/** Preload script: kills the process with SIGKILL before file operation number KILL_AT. */
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

function countOperation() {
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
    // Nested calls belong to the same operation.
    if (depth > 0) return original[name](...args)
    depth += 1
    try {
      countOperation()
      return original[name](...args)
    } finally {
      depth -= 1
    }
  }
}
