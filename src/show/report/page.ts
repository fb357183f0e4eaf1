import { createHash } from 'node:crypto'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { VERSION } from '../../version.ts'
import { eventTable } from './events.ts'
import { Html, html } from './html.ts'
import { lagChart } from './lag.ts'
import { matrix } from './matrix.ts'
import script from './page.client.js'
import style from './page.css'
import { publishing } from './publish.ts'
import { summary } from './summary.ts'
import { timeline } from './timeline.ts'

/**
 * The page of a history: one file that asks for nothing, and whose policy forbids it to. The same
 * history gives the same bytes.
 *
 * @param file the name of what the history is of
 */
export function printPage(file: string, history: readonly HistoryVersion[]): string {
  const last = history.at(-1)
  const slots = last?.slots ?? []
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${file}: marketplace images</title>
<link rel="icon" href="data:,">
<style>${Html.trusted(style)}</style>
</head>
<body>
<a class="skip" href="#now">Skip to the state now</a>
<div class="page">
<button type="button" id="theme" hidden><span aria-hidden="true">◐</span> <span class="name">Theme: as the system has it</span></button>
${summary(file, history)}
<main>
${publishing(slots)}
${matrix(slots, last?.releases ?? {})}
${timeline(history)}
${lagChart(history)}
${eventTable(history)}
</main>
<footer><p>Made by stream-snapshot ${VERSION} from the history of <code>${file}</code> in git. Lag is the whole days, in UTC, from the day that an image’s version tells to the day of its build.</p></footer>
</div>
<p id="said" role="status" class="away"></p>
<script>${Html.trusted(script)}</script>
</body>
</html>
`
  return page.text
}

/** Nothing but the page's own style and script, known by their digests. */
const POLICY = [
  "default-src 'none'",
  `style-src ${sourceOf(style)}`,
  `script-src ${sourceOf(script)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
