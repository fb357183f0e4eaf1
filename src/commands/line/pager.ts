import { spawnSync } from 'node:child_process'
import { emit, isTerminal } from './emit.ts'

/**
 * Shows a long text as git does: through the pager of the environment on a terminal, as it is anywhere
 * else. What a repository configures is not looked at.
 *
 * @param text clean, with the colours of `Terminal`
 */
export function page(text: string): void {
  const { GIT_PAGER, PAGER } = process.env
  const pager = GIT_PAGER ?? PAGER ?? 'less'
  const isPaged = isTerminal('stdout') && pager !== '' && pager !== 'cat'
  // As git sets it: what fits is left on the screen, and colours are shown.
  const env = { LESS: 'FRX', LV: '-c', ...process.env }
  const { status } = isPaged
    ? spawnSync('sh', ['-c', pager], { input: text, stdio: ['pipe', 'inherit', 'inherit'], env })
    : { status: NOT_FOUND }
  if (status === NOT_FOUND || status === NOT_RUN) emit('stdout', text)
}

/** A shell's exit codes for a program that is not there, or cannot be run. */
const [NOT_RUN, NOT_FOUND] = [126, 127]
