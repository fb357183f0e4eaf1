import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

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

describe('the documentation', () => {
  it.each(PAGES)('%s has no broken link', (page) => {
    expect(brokenIn(page, read(page))).toEqual([])
  })
})
