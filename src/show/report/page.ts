import { createHash } from 'node:crypto'
import { missingImages, type Severity } from '../../core/audit/skew.ts'
import { VERSION } from '../../version.ts'
import { Html, html } from './html.ts'
import script from './page.client.js'
import style from './page.css'
import { type PageStream, SHOWN, streamPart } from './stream.ts'

/** In bytes. */
const LONGEST = 3_000_000
const FEWEST = 10

/**
 * One page for all streams, without external resources, with as many of the latest versions as fit.
 * The same histories give the same bytes.
 */
export function printPage(streams: readonly PageStream[]): string {
  for (let count = SHOWN; ; count = Math.floor(count / 2)) {
    const text = printAll(streams.map((each) => ({ ...each, history: each.history.slice(-count) })))
    if (count <= FEWEST || Buffer.byteLength(text) < LONGEST) return text
  }
}

function printAll(streams: readonly PageStream[]): string {
  const names = streams.map(({ name }) => name).join(', ')
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
${streams.length > 1 ? html`<nav aria-label="Streams"><ul>${streams.map((stream, at) => html`<li><a href="#s${at + 1}">${stream.name}</a>${toPublish(stream)}</li>`)}</ul></nav>` : ''}
<main>
${streams.map((stream, at) => streamPart(stream, `s${at + 1}`))}
</main>
<footer><p>Made by stream-snapshot ${VERSION} from the git history of <code>${names}</code>. A slot is the place of one marketplace image in a stream: its cloud, plan and architecture, and its Hyper-V generation or region. Lag is the number of days, in UTC, from the day in an image’s version to the day of its build.</p>
<dl>${Object.entries(GRADE_MEANINGS).map(([grade, meaning]) => html`<div><dt>${grade}</dt><dd>${meaning}</dd></div>`)}</dl></footer>
<p id="status" role="status" class="away"></p>
<script>${Html.trusted(script)}</script>
</body>
</html>
`
  return page.text
}

const GRADE_MEANINGS = {
  exact: 'the image was made from the build of the stream',
  'newer-build': 'same OCP and RHEL version, a later build',
  'older-build': 'same OCP and RHEL version, an earlier build',
  'older-release': 'an earlier OCP or RHEL version',
  'older-rhel-major': 'the previous RHEL major version',
  none: 'no image fits the slot',
} as const satisfies Record<Severity, string>

function toPublish({ history }: PageStream): string {
  const { length } = missingImages(history.at(-1)?.slots ?? [])
  return length === 0 ? '' : ` ${length} to publish`
}

/** Allows only the style and the script of the page, by their digests. */
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
