import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/faults/table.ts'],
    testTimeout: 300_000,
    // Each starts processes of its own; more at a time would only make the slow ones late.
    maxWorkers: 2,
    // Some hold the processor's time against a bound, and others may use the machine.
    retry: 1,
  },
})
