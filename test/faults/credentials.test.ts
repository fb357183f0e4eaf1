import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { CASES, createWriter } from './credentials-cases.ts'

const PAGE = new URL('../../docs/credentials.md', import.meta.url)

const SECRET = /hunter2|not-the-secret|AKIAIOSFODNN7|482915537706|11112222-3333|MIIEvg|somebody@/

describe.each(['azure', 'aws', 'gcp'] as const)('capture from %s', (cloud) => {
  it.each(Object.entries(CASES[cloud]))(
    'prints the cause and the remedy: %s',
    async (_, [prepare, error, remedy = '', exit = 3]) => {
      const folder = await temporaryFolder()
      await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
      const { env, args = [] } = await prepare(createWriter(folder), folder)
      const outcome = await run(
        ['capture', 's.json', '--cloud', cloud, '--stream', 'rhcos.json', ...args],
        { cwd: folder, env: { HOME: folder, ...env } },
      )
      expect(outcome.stdout).toBe('')
      expect(outcome.stderr).not.toMatch(SECRET)
      expect((await readdir(folder)).filter((name) => name.startsWith('s.'))).toEqual([])
      const printed = outcome.stderr
        .replaceAll(folder, '')
        .replace(/(127\.0\.0\.1|localhost):[0-9]+/g, 'HOST')
        .replace(/(azureopenshift:aro4|redhat\S*):[\w-]+:/, 'SKU:')
        .replaceAll('/principal.json', 'FILE')
        .replaceAll(/\/(key|login)\.json/g, 'FILE')
      const lines = [`stream-snapshot: ${error}`, ...(remedy ? [remedy] : []), '']
      expect({ exit: outcome.status, lines: printed.split('\n') }).toEqual({ exit, lines })
    },
  )
})

it('docs/credentials.md lists only errors that are printed', async () => {
  const page = await readFile(PAGE, 'utf8')
  const errors = [...page.matchAll(/^\| `((?:azure|aws|gcp)\b.*?)` \|/gm)].map(([, each]) => each)
  const printed = Object.values(CASES).flatMap((cases) =>
    Object.values(cases).map(([, error]) => error),
  )
  expect(errors.length).toBeGreaterThan(10)
  expect(errors.filter((each) => !printed.includes(each ?? ''))).toEqual([])
})
