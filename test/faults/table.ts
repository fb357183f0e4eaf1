import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alignColumns } from '../../src/show/table.ts'
import type { Tried } from './outcomes.ts'

/** Vitest's global setup: collects what the tests tried, and prints it when all are done. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'tried-'))
  const file = join(folder, 'tried.jsonl')
  process.env.TRIED_FILE = file
  return () => {
    const tried = new Map(read(file).map((each) => [JSON.stringify(each), each]))
    const rows = [...tried.values()].map(rowOf)
    rmSync(folder, { recursive: true, force: true })
    if (rows.length === 0) return
    rows.sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0))
    const lines = alignColumns([HEAD, ...rows])
    process.stdout.write(`\n${lines.join('\n')}\n\n${rows.length} lines\n`)
  }
}

const HEAD = ['AREA', 'TRIED', 'EXIT', 'TIME', 'MEMORY', 'SAID']

function rowOf({ area, fault, outcome, figures }: Tried): string[] {
  if (figures === undefined) return [area, fault, '', '', '', outcome]
  const { status, seconds, megabytes } = figures
  const took = [`${seconds.toFixed(1)} s`, `${megabytes.toFixed(0)} MB`]
  return [area, fault, String(status), ...took, outcome]
}

function read(file: string): Tried[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  } catch {
    return []
  }
}
