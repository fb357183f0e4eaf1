import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { buildServer } from '../support/builds.ts'
import { temporaryFolder } from '../support/cli.ts'
import { buildsIn } from './builds.ts'
import { DEMONSTRATION, demonstrationMeta } from './demonstration-builds.ts'

const { name, release, architectures } = DEMONSTRATION

it('serves the demonstration, each architecture with a meta.json of its own', async () => {
  const { streams } = await buildServer()
  for (const architecture of architectures) {
    const answer = await fetch(`${streams}/${name}/builds/${release}/${architecture}/meta.json`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual(demonstrationMeta(architecture))
  }
})

it('serves a folder, and nothing outside of it', async () => {
  const folder = await temporaryFolder()
  const build = join(folder, 'inside', 'a', 'builds', '1', 's390x')
  await mkdir(build, { recursive: true })
  await writeFile(join(build, 'meta.json'), '{"buildid":"1"}')
  await mkdir(join(folder, 'builds', '1', 's390x'), { recursive: true })
  await writeFile(join(folder, 'builds', '1', 's390x', 'meta.json'), '{}')
  const { streams, url } = await buildServer({}, buildsIn(join(folder, 'inside')))
  const status = async (path: string) => (await fetch(`${streams}/${path}`)).status
  expect(await (await fetch(`${streams}/a/builds/1/s390x/meta.json`)).json()).toEqual({
    buildid: '1',
  })
  expect(await status('a/builds/2/s390x/meta.json')).toBe(404)
  expect(await status('%2e%2e/builds/1/s390x/meta.json')).toBe(404)
  expect(await status('..%2f/builds/1/s390x/meta.json')).toBe(404)
  expect((await fetch(`${url}/a/builds/1/s390x/meta.json`)).status).toBe(404)
})

it('as a script prints its URL, and stops when it is told', async () => {
  const script = fileURLToPath(new URL('../../scripts/build-mock-server.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, '--port', '0'])
  onTestFinished(() => void child.kill('SIGKILL'))
  const text = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').once('data', resolve)
  })
  const url = /BUILD_SERVER=(\S+)/.exec(text)?.[1]
  const answer = await fetch(`${url}/${name}/builds/${release}/x86_64/meta.json`)
  expect(answer.status).toBe(200)
  const stopped = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  expect(await stopped).toBe(0)
})
