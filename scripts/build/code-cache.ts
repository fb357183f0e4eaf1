/**
 * Runs each quick command once, on the committed demonstration, and keeps the code that V8 made of
 * what it needed beside its script. In a process of its own, for `build.ts`.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { loadQuick, writeCode } from '../../src/commands/line/script.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const folder = fs.mkdtempSync(join(tmpdir(), 'code-cache-'))
const [snapshot, target] = [path('snapshots/rhcos-4.18.json'), join(folder, 'rhcos.json')]
fs.copySync(path('demo/rhcos.json'), target)

const RUNS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  regenerate: [
    [snapshot, '--target', target, '--layout', 'stream-metadata'],
    [snapshot, '--target', target],
  ],
  diff: [[snapshot, snapshot]],
  list: [[snapshot]],
  skew: [[snapshot, '--target', target]],
  image: [[target]],
}

try {
  for (const [name, runs] of Object.entries(RUNS)) {
    const file = path(`dist/quick/${name}.cjs`)
    const { script, exports } = loadQuick(file)
    for (const words of runs) await exports.run([name, ...words])
    writeCode(file, script)
  }
} finally {
  fs.removeSync(folder)
}
