import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { GLOBAL_OPTIONS } from '../src/commands/command.ts'
import { COMMANDS } from '../src/commands/index.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

const OPTIONS = new Map(
  COMMANDS.map(({ name, options }) => [name, { ...options, ...GLOBAL_OPTIONS }]),
)

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** The anchors that GitHub generates for headings. */
function getAnchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Links and paths to missing files or headings. */
function findBrokenLinks(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
  const paths = [...text.matchAll(/`((?:docs|scripts|src|test)\/[\w./-]+\.\w+)`/g)]
  return [
    ...links.flatMap(([link, file = '', anchor]) => {
      const target = file === '' ? page : join(dirname(page), file)
      if (!existsSync(join(ROOT, target))) return [link]
      const isMissing = anchor !== undefined && !getAnchors(target).includes(anchor)
      return isMissing && target.endsWith('.md') ? [link] : []
    }),
    ...paths.flatMap(([, path = '']) =>
      existsSync(join(ROOT, path.replace(/NAME.*/, ''))) ? [] : [path],
    ),
  ]
}

/** Command lines with unknown options. */
function findUnknownOptions(text: string): string[] {
  const names = [...OPTIONS.keys()].join('|')
  const lines = text
    .replaceAll('\\\n', ' ')
    .matchAll(new RegExp(`(?:stream-snapshot |\`)(${names})\\b([^\`|\\n]*)`, 'g'))
  return [...lines].flatMap(([line, name = '', words = '']) => {
    const known = OPTIONS.get(name) ?? {}
    const options = [...words.matchAll(/ --([a-z0-9][a-z0-9-]*)/g)].map(([, option = '']) => option)
    return options.every((each) => Object.hasOwn(known, each)) ? [] : [line]
  })
}

describe('the documentation page', () => {
  it.each(PAGES)('%s has no broken links', (page) => {
    expect(findBrokenLinks(page, read(page))).toEqual([])
  })

  it.each(PAGES)('%s has no unknown options', (page) => {
    expect(findUnknownOptions(read(page))).toEqual([])
  })
})
