import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import fs from 'fs-extra'
import { isAlive } from './process.ts'
import type { Target } from './target.ts'

/** A name beside a file for what is there while it is written: `.NAME.PID.HEX.tmp`. */
export function temporaryFor({ folder, name }: Target): string {
  return join(folder, `.${name}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`)
}

/** Whether an entry of a folder has the name of what a process that is no more had there. */
export function isStray(entry: string, name: string): boolean {
  if (!entry.startsWith(`.${name}.`)) return false
  const pid = /^([0-9]+)\.[0-9a-f]{12}\.tmp$/.exec(entry.slice(name.length + 2))?.[1]
  return pid !== undefined && !isAlive(Number(pid))
}

/** Removes what killed runs have left beside a file: files of that name, and nothing else. */
export function removeStrays({ folder, name }: Target): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() && isStray(entry.name, name)) fs.removeSync(join(folder, entry.name))
  }
}
