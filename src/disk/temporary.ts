import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './process.ts'
import type { Target } from './target.ts'

/** A name for the new content of a file, beside it: `.NAME.PID.HEX.tmp`. */
export function temporaryFor({ folder, name }: Target): string {
  return join(folder, `.${name}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`)
}

/** Removes what processes that are no more have left beside a file. */
export function removeStrays({ folder, name }: Target): void {
  const prefix = `.${name}.`
  for (const entry of fs.readdirSync(folder)) {
    if (!entry.startsWith(prefix)) continue
    const pid = /^([0-9]+)\.[0-9a-f]{12}\.tmp$/.exec(entry.slice(prefix.length))?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    fs.rmSync(join(folder, entry), { force: true })
  }
}
