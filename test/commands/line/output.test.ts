import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { run } from '../../support/cli.ts'

const SNAPSHOT = fileURLToPath(new URL('../../../snapshots/rhcos-4.18.json', import.meta.url))

describe.runIf(existsSync('/dev/full'))('where nothing can be written', () => {
  it.each([
    '--version',
    '--help',
    `list ${SNAPSHOT}`,
    `regenerate ${SNAPSHOT} --quiet`,
    `verify ${SNAPSHOT}`,
  ])('%s says so in one line', async (words) => {
    const { status, stderr } = await run(words.split(' '), {
      wrapper: ['sh', '-c', 'exec "$@" >/dev/full', 'sh'],
    })
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'stream-snapshot: stdout: no space left on the device\n',
    })
  })
})
