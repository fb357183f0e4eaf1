import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { exportsOf } from '../mock-servers/script.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

test.concurrent.each<[string, 'ignore' | 'pipe', (npm: ChildProcess) => void]>([
  ['SIGTERM', 'ignore', (npm) => npm.kill('SIGTERM')],
  ['SIGINT', 'ignore', (npm) => npm.kill('SIGINT')],
  ['SIGKILL, which it cannot hand on', 'ignore', (npm) => npm.kill('SIGKILL')],
  ['the end of its input', 'pipe', (npm) => npm.stdin?.end()],
])('no mock server is left when npm gets %s', async (_, input, end) => {
  const npm = spawn('npm', ['run', '--silent', 'mock-server:builds', '--', '--port', '0'], {
    cwd: ROOT,
    stdio: [input, 'pipe', 'inherit'],
  })
  if (npm.stdout === null) throw new Error('no output to read')
  const [printed] = await once(npm.stdout, 'data')
  const [, url = ''] = /^export BUILD_SERVER=(\S+)$/m.exec(String(printed)) ?? []
  expect((await fetch(url)).status).toBe(404)
  // The mock server has the other end of this pipe: it closes when nobody is left.
  const closed = once(npm.stdout, 'close')
  end(npm)
  await closed
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('a value is one word for a shell', () => {
  expect(exportsOf({ NAME: "it's $HOME" })).toEqual(["export NAME='it'\\''s $HOME'"])
})
