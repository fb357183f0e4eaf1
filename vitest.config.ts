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

const of = (folder: string) => [`test/${folder}/**/*.test.ts`]
const SLOW = ['corpus', 'faults', 'deep', 'browser', 'clients', 'package']

export default defineConfig({
  plugins: [text],
  test: {
    globalSetup: ['test/support/certificate.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: SLOW.flatMap(of),
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each worker loads all SDKs. One more than cores are usual in CI keeps the cores busy while tests wait.
          maxWorkers: 3,
          // What they share is loaded once for each worker; no test changes it.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'corpus',
          sequence: { groupOrder: 1 },
          include: of('corpus'),
          testTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          sequence: { groupOrder: 2 },
          include: of('faults'),
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // Each starts processes of its own; more at a time would only make the slow ones late.
          maxWorkers: 2,
          // Some hold the processor's time against a bound, and others may use the machine.
          retry: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          sequence: { groupOrder: 6 },
          include: of('package'),
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'deep',
          sequence: { groupOrder: 3 },
          include: of('deep'),
          testTimeout: 600_000,
          env: { CASES: process.env.CASES ?? '10000' },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          sequence: { groupOrder: 4 },
          include: of('browser'),
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'clients',
          sequence: { groupOrder: 5 },
          include: of('clients'),
          // Clients take seconds to start, on a busy machine many of them.
          testTimeout: 300_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
