import { spawnSync } from 'node:child_process'
import type { Io } from '../../io.ts'

/** A shell's exit codes for a program that cannot be run or is not found. */
const FAILED_TO_START = [126, 127]

/**
 * Shows a long text as git does: through the pager of the environment on a terminal, as it is anywhere
 * else. The repository's configuration is not read.
 *
 * @param text clean, with the colors of `Terminal`
 */
export function page(text: string, { env, folder, stdout }: Io): void {
  const { GIT_PAGER, PAGER } = env
  const pager = GIT_PAGER ?? PAGER ?? 'less'
  if (!stdout.isTerminal || pager === '' || pager === 'cat') {
    stdout.write(text)
    return
  }
  const { status } = spawnSync('sh', ['-c', pager], {
    cwd: folder.path,
    input: text,
    stdio: ['pipe', 'inherit', 'inherit'],
    // As git sets it: a text that fits stays on the screen, and colors are shown.
    env: { LESS: 'FRX', LV: '-c', ...env },
  })
  if (status !== null && FAILED_TO_START.includes(status)) stdout.write(text)
}
