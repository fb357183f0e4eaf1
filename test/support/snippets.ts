import { readFileSync } from 'node:fs'

/** The code blocks of a Markdown page that have a file name after the language, by file name. */
export function readSnippets(page: string): ReadonlyMap<string, string> {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)
  return new Map([...blocks].map(([, name = '', text = '']) => [name, text]))
}
