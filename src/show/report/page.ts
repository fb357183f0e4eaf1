import { createHash } from 'node:crypto'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { missingImages } from '../../core/audit/skew/skew.ts'
import { VERSION } from '../../version.ts'
import { publishWords } from '../slots.ts'
import { Html, html } from './html.ts'
import { folded, type PageStream, SHOWN } from './older.ts'
import script from './page.client.js'
import style from './page.css'
import { streamPart } from './stream.ts'

/** In bytes: what a browser opens at once. */
const LONGEST = 3_000_000
/** Fewer versions than that would tell no life. */
const FEWEST = 10

/**
 * The page of one history or, with a switch, of several: one file that asks for nothing, and whose
 * policy forbids it to. The same histories give the same bytes. It shows as many of the latest
 * versions as it has room for.
 */
export function printPage(streams: readonly PageStream[]): string {
  for (let count = SHOWN; ; count = Math.floor(count / 2)) {
    const text = pageOf(streams.map((stream) => folded(stream, count)))
    if (count <= FEWEST || Buffer.byteLength(text) < LONGEST) return text
  }
}

function pageOf(streams: readonly PageStream[]): string {
  const names = streams.map(({ name }) => name).join(', ')
  const keyOf = (at: number) => (streams.length > 1 ? `s${at + 1}` : '')
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${names}: marketplace images</title>
<link rel="icon" href="data:,">
<style>${Html.trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="page">
<button type="button" id="theme" hidden aria-label="Theme: as the system has it" title="Theme: as the system has it"><span aria-hidden="true">◐</span></button>
${streams.length > 1 ? html`<nav class="streams" aria-label="Streams"><ul>${streams.map(({ name, history }, at) => html`<li><a href="#${keyOf(at)}">${name}</a>${toPublish(history)}</li>`)}</ul></nav>` : ''}
<main id="main" tabindex="-1">
${streams.map((stream, at) => streamPart(stream, keyOf(at)))}
</main>
<footer><p>Made by stream-snapshot ${VERSION} from the history of <code>${names}</code> in git. A slot is the place that one marketplace image fills in a stream: of a cloud, a plan and an architecture, and of a Hyper-V generation or a region. Lag is the whole days, in UTC, from the day that an image’s version tells to the day of its build.</p></footer>
</div>
<p id="said" role="status" class="away"></p>
<script>${Html.trusted(script)}</script>
</body>
</html>
`
  return page.text
}

/** Beside a stream's name in the switch, so that it tells which to open. */
function toPublish(history: readonly HistoryVersion[]): Html {
  const missing = missingImages(history.at(-1)?.slots ?? [])
  return missing.length === 0 ? html`` : html` <small>${publishWords(missing)} to publish</small>`
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
