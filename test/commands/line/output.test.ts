import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../../support/cli.ts'

const SNAPSHOT = fileURLToPath(new URL('../../../snapshots/rhcos-4.18.json', import.meta.url))

describe.runIf(existsSync('/dev/full'))('on a full device', () => {
  it.each([
    '--version',
    '--help',
    `list ${SNAPSHOT}`,
    `regenerate ${SNAPSHOT} --quiet`,
    `verify ${SNAPSHOT}`,
  ])('%s reports the error once', async (words) => {
    const { status, stderr } = await run(words.split(' '), {
      wrapper: ['sh', '-c', 'exec "$@" >/dev/full', 'sh'],
    })
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'stream-snapshot: stdout: no space left on the device\nDelete other files.\n',
    })
  })
})

describe('in a removed working folder', () => {
  it.each(['--help', 'check'])('%s suggests another folder', async (word) => {
    const cwd = await temporaryFolder()
    const wrapper = ['sh', '-c', 'mkdir a && cd a && rmdir ../a && exec "$@"', 'sh']
    expect(await run([word], { cwd, wrapper })).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: the working folder was removed\nChange to another folder.\n',
    })
  })
})
