import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { CASES, putInto } from './credentials-cases.ts'

const PAGE = new URL('../../docs/credentials.md', import.meta.url)

/** A row of the page: what is wrong, the exit code, the error, and the line with the remedy. */
type Row = readonly [what: string, exit: string, error: string, remedy: string]

/** The rows of a cloud's table. */
async function rowsOf(title: string): Promise<Row[]> {
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split(`\n## ${title}\n`)
  const lines = (section.split('\n## ')[0] ?? '').split('\n')
  return lines
    .filter((line) => /^\| (?!-|what is wrong)/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')))
    .map(([, what = '', exit = '', error = '', remedy = '']) => [what, exit, error, remedy])
}

/** What may not be printed, whatever it is for. */
const SECRET = /hunter2|not-the-secret|AKIAIOSFODNN7|482915537706|11112222-3333|MIIEvg|somebody@/

describe.each([
  ['azure', 'Azure'],
  ['aws', 'AWS'],
  ['gcp', 'GCP'],
] as const)('docs/credentials.md for %s', (cloud, title) => {
  it.each(Object.entries(CASES[cloud]))('%s', async (what, make) => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
    const { env, args = [] } = await make(putInto(folder), folder)
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
    const [error = '', remedy = ''] = printed.replace(/^stream-snapshot: /, '').split('\n')
    const row = (await rowsOf(title)).find(([name]) => name === what)
    expect([what, String(outcome.status), error, remedy]).toEqual(row)
  })

  it('has these rows and no others', async () => {
    expect((await rowsOf(title)).map(([what]) => what)).toEqual(Object.keys(CASES[cloud]))
  })
})
