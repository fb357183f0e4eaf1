import { createHash } from 'node:crypto'
import { missingImages } from '../../core/audit/skew/skew.ts'
import type { HistoryVersion } from '../../core/history/history.ts'
import { VERSION } from '../../version.ts'
import { Html, html } from './html.ts'
import { fold, type PageStream, SHOWN } from './older.ts'
import script from './page.client.js'
import style from './page.css'
import { streamPart } from './stream.ts'

/** In bytes. */
const LONGEST = 3_000_000
const FEWEST = 10

/**
 * The page of one history or, with a switch, of several: one file without external resources. The
 * same histories give the same bytes. It shows as many of the latest versions as fit.
 */
export function printPage(streams: readonly PageStream[]): string {
  for (let count = SHOWN; ; count = Math.floor(count / 2)) {
    const text = pageOf(streams.map((stream) => fold(stream, count)))
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
<button type="button" id="theme" hidden aria-label="Theme: system" title="Theme: system"><span aria-hidden="true">◐</span></button>
${streams.length > 1 ? html`<nav class="streams" aria-label="Streams"><ul>${streams.map(({ name, history }, at) => html`<li><a href="#${keyOf(at)}">${name}</a>${toPublish(history)}</li>`)}</ul></nav>` : ''}
<main id="main" tabindex="-1">
${streams.map((stream, at) => streamPart(stream, keyOf(at)))}
</main>
<footer><p>Made by stream-snapshot ${VERSION} from the git history of <code>${names}</code>. A slot is the place of one marketplace image in a stream: its cloud, plan and architecture, and its Hyper-V generation or region. Lag is the number of days, in UTC, from the day in an image’s version to the day of its build.</p></footer>
</div>
<p id="status" role="status" class="away"></p>
<script>${Html.trusted(script)}</script>
</body>
</html>
`
  return page.text
}

/** The number of images to publish, beside a stream's name in the switch. */
function toPublish(history: readonly HistoryVersion[]): Html {
  const { length } = missingImages(history.at(-1)?.slots ?? [])
  return length === 0 ? html`` : html` <small>${length} to publish</small>`
}

/** Allows only the page's own style and script, by their digests. */
const POLICY = [
  "default-src 'none'",
  `style-src ${digest(style)}`,
  `script-src ${digest(script)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
