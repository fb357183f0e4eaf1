import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { CLI, temporaryFolder } from '../support/cli.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

it('npm run mock-servers prints commands that use all mock servers, and exits after SIGTERM', async () => {
  const folder = await temporaryFolder()
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(ROOT, 'scripts/mock-servers.ts')],
    {
      cwd: ROOT,
    },
  )
  const ended = once(child, 'close')
  const [printed] = await once(child.stdout, 'data')
  const session = `${printed}\nenv | grep -cE '^(AZURE|AWS|GOOGLE)_' || true`
  const script = session.replace('npx stream-snapshot', `'${process.execPath}' '${CLI}'`)
  const { stdout, stderr } = await promisify(execFile)('bash', ['-ec', script], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
  })
  expect(stderr).toMatch(/^azure: \d+ images.*\naws: \d+ images.*\ngcp: \d+ images/m)
  expect(stdout.trim()).toBe('0')
  expect((await readdir(folder)).sort()).toEqual(['s.json', 's.recording.json'])
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

it('npm start runs the main commands and keeps its folder', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', join(ROOT, 'scripts/try.ts')],
    { cwd: ROOT },
  )
  const folder = /Everything is in (\S+)\. /.exec(stdout)?.[1] ?? ''
  await rm(folder, { recursive: true })
  const commands = [...stdout.matchAll(/^\$ (stream-snapshot \w+)/gm)].map(([, line]) => line)
  expect(commands).toEqual(
    ['init', 'update', 'check', 'update', 'update', 'diff', 'skew', 'check'].map(
      (name) => `stream-snapshot ${name}`,
    ),
  )
  expect(stdout).toMatch(/^rhel-9: ok, .*\nrhel-10: ok, /m)
  expect(stdout).toMatch(/^rhel-9: 418\.94\.202408270021-0 -> 418\.94\.202410090804-0; 3 exact/m)
  expect(stderr).toMatch(/3 images changed, 12 images unchanged/)
})
