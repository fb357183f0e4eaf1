/** Makes the pictures of a report for README: the page of the demonstration's history, in both themes. */

import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { openBrowser } from './browser.ts'
import { SNAPSHOT, writeHistory } from './demonstration-history.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = await fs.mkdtemp(join(tmpdir(), 'screenshots-'))
const page = join(folder, 'report.html')
try {
  await writeHistory(folder)
  const command = [join(root, 'dist/cli.cjs'), 'report', join(folder, SNAPSHOT), '--file', page]
  execFileSync(process.execPath, command, { stdio: 'inherit' })
  const browser = await openBrowser()
  try {
    for (const theme of ['light', 'dark'] as const) {
      const tab = await browser.newPage({
        viewport: { width: 1200, height: 1000 },
        colorScheme: theme,
      })
      await tab.goto(`file://${page}`)
      await tab.screenshot({ path: join(root, `docs/report-${theme}.png`) })
      await tab.close()
    }
  } finally {
    await browser.close()
  }
} finally {
  await fs.remove(folder)
}
