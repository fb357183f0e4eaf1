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

/** The options of each command. */
const OPTIONS = new Map(
  COMMANDS.map(({ name, options }) => [name, { ...options, ...GLOBAL_OPTIONS }]),
)

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** The anchors that GitHub makes of a page's headings. */
function anchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The links and paths of a page that lead nowhere. */
function brokenIn(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
  const paths = [...text.matchAll(/`((?:docs|scripts|src|test)\/[\w./-]+\.\w+)`/g)]
  return [
    ...links.flatMap(([link, file = '', anchor]) => {
      const target = file === '' ? page : join(dirname(page), file)
      if (!existsSync(join(ROOT, target))) return [link]
      const isMissing = anchor !== undefined && !anchors(target).includes(anchor)
      return isMissing && target.endsWith('.md') ? [link] : []
    }),
    ...paths.flatMap(([, path = '']) =>
      existsSync(join(ROOT, path.replace(/NAME.*/, ''))) ? [] : [path],
    ),
  ]
}

/** The command lines of a page with unknown options. */
function unknownIn(text: string): string[] {
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

describe('the documentation', () => {
  it.each(PAGES)('%s has no broken link', (page) => {
    expect(brokenIn(page, read(page))).toEqual([])
  })

  it.each(PAGES)('%s has no unknown option', (page) => {
    expect(unknownIn(read(page))).toEqual([])
  })
})
