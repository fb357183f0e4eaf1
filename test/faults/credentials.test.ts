import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { CASES, putInto } from './credentials-cases.ts'

const PAGE = new URL('../../docs/credentials.md', import.meta.url)

/** What the page has for one case. */
interface Row {
  readonly exit: number
  readonly error: string
  readonly remedy: string
}

const NO_REMEDY = 'No remedy, as the code is unknown'

/** A cloud's rows by what is wrong. A row in bold is the remedy of the rows below it. */
async function readRows(title: string): Promise<Map<string, Row>> {
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split(`\n## ${title}\n`)
  const lines = (section.split('\n## ')[0] ?? '').split('\n')
  const rows = new Map<string, Row>()
  let [remedy, exit] = ['', 3]
  for (const line of lines.filter((each) => /^\| (?!-|what is wrong)/.test(each))) {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
    const [, what = '', error = ''] = cells
    const bold = /^\*\*(.+)\*\*( \(exit 2\))?$/.exec(what)
    if (bold) {
      remedy = bold[1] === NO_REMEDY ? '' : (bold[1] ?? '')
      exit = bold[2] ? 2 : 3
    } else {
      for (const each of what.split('; ')) rows.set(each, { exit, error, remedy })
    }
  }
  return rows
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
    const row = (await readRows(title)).get(what)
    expect({ exit: outcome.status, error, remedy }).toEqual(row)
  })

  it('has these rows and no others', async () => {
    const rows = await readRows(title)
    expect([...rows.keys()].sort()).toEqual(Object.keys(CASES[cloud]).sort())
  })
})
