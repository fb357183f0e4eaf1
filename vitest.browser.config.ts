import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The page's style and script as text, as the build takes them. */
const text = {
  name: 'text',
  enforce: 'pre' as const,
  resolveId: (source: string, importer = '') =>
    /\.(css|client\.js)$/.test(source) ? `\0text:${resolve(importer, '..', source)}.js` : undefined,
  load: (id: string) =>
    id.startsWith('\0text:')
      ? `export default ${JSON.stringify(readFileSync(id.slice(6, -3), 'utf8'))}`
      : undefined,
}

export default defineConfig({
  plugins: [text],
  test: { include: ['test/browser/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 60_000 },
})
