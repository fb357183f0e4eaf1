import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/corpus/**', 'test/browser/**', 'test/faults/**', 'test/deep/**'],
    testTimeout: 30_000,
    // Most tests wait for a child process or a server, so more of them than cores keep those busy.
    maxWorkers: 4,
    // What they share is loaded once for each worker; no test changes it.
    isolate: false,
  },
})
