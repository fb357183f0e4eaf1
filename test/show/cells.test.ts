import { describe, expect, it } from 'vitest'
import { compareStreams } from '../../src/core/changes/streams.ts'
import type { HistoryVersion } from '../../src/core/history/history.ts'
import { printDiffMarkdown } from '../../src/show/diff.ts'
import { historyCsv } from '../../src/show/history.ts'
import { makeSnapshot } from '../support/snapshots.ts'

describe('a cell of CSV', () => {
  const makeVersion = (release: string): HistoryVersion => ({
    commit: '0'.repeat(40),
    path: 's.json',
    date: '2024-10-20T12:00:00Z',
    subject: 's',
    releases: { x86_64: release },
    slots: [],
    files: [],
    changes: [],
  })
  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-1+1', "'-1+1"],
    [' =1', "' =1"],
    ['=HYPERLINK("http://a","b")', `"'=HYPERLINK(""http://a"",""b"")"`],
    ['\t=1', '\\u0009=1'],
    ['a\n=1', 'a\\u000a=1'],
    ['-3', '-3'],
    ['418.94.202410090804-0', '418.94.202410090804-0'],
  ])('for %j is %s', (text, cell) => {
    const [line, end] = historyCsv(makeVersion(text), undefined).split('\n')
    expect(line).toBe(`${'0'.repeat(40)},2024-10-20T12:00:00Z,x86_64,${cell},,,,,,,`)
    expect(end).toBe('')
  })
})

describe('an AWS region in Markdown', () => {
  it.each([
    '# heading',
    '@someone',
    '[a](https://b)',
    '<img src=x>',
    'https://a.example',
    'a | b',
    '`a` **b**',
    'x\n\n/approve',
  ])('has no markup for %j', (region) => {
    const image = {
      architecture: 'x86_64',
      image: 'ami-0',
      name: 'n',
      plan: 'ocp',
      region,
      state: 'active',
      version: '418.94.1',
    } as const
    const before = makeSnapshot([], { images: { aws: [] }, queries: { aws: [] } })
    const after = makeSnapshot([], { images: { aws: [image] }, queries: { aws: [] } })
    const stream = compareStreams('s', { snapshot: before }, { snapshot: after })
    const markdown = printDiffMarkdown({ streams: [stream], files: [] })
    expect(markdown).toContain('418.94.1 (ami-0)')
    // The region may only be printed as code, where markup has no effect.
    const withoutCode = markdown.replace(/`[^`\n]*`|<code>[^<`|@\n]*<\/code>/g, 'CODE')
    expect(withoutCode).toMatch(/^\| \+ \| CODE \| CODE \| .*\|$/m)
    expect(withoutCode).not.toMatch(/lgtm|approve|someone|heading|\/\/|<img|!\[/)
    expect(withoutCode.match(/<\/details>/g)).toHaveLength(1)
  })
})
