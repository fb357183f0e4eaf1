import { describe, expect, it } from 'vitest'
import { run, runBuilt } from '../../support/cli.ts'

describe('--debug', () => {
  // A standalone executable has no source files.
  it.skipIf(process.env.EXECUTABLE).each(['regenerate', 'verify'])(
    'prints the source line where %s fails',
    async (command) => {
      const { status, stderr } = await runBuilt([command, 'missing.json', '--debug'])
      expect(status).toBe(2)
      const [message, , name, ...frames] = stderr.trimEnd().split('\n')
      expect(message).toBe('stream-snapshot: missing.json: no such file')
      expect(name).toBe('InputError')
      expect(frames[0]).toMatch(/^ {4}at fileError \(\S*src\/files\/error\.ts:\d+:\d+\)$/)
      expect(frames.filter((frame) => /dist\/(?!cli\.)\S*\.c?js/.test(frame))).toEqual([])
    },
  )

  it('is required for a stack trace', async () => {
    const { stderr } = await run(['regenerate', 'missing.json'])
    expect(stderr.split('\n')).toEqual([
      'stream-snapshot: missing.json: no such file',
      expect.stringMatching(/^Specify the path of an existing file\.$/),
      '',
    ])
  })
})
