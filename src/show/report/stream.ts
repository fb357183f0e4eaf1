import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { eventTable } from './events.ts'
import { type Html, html } from './html.ts'
import { lagChart } from './lag.ts'
import { matrix } from './matrix.ts'
import { olderTable, type PageStream } from './older.ts'
import { publishing } from './publish.ts'
import { summary } from './summary.ts'
import { timeline } from './timeline.ts'

type Part = readonly [
  id: string,
  title: string,
  show: (history: readonly HistoryVersion[], id: (name: string) => string) => Html,
]

const PARTS: readonly Part[] = [
  ['publish', 'What to publish next', (history) => publishing(history.at(-1)?.slots ?? [])],
  [
    'now',
    'The state now',
    (history) => matrix(history.at(-1)?.slots ?? [], history.at(-1)?.releases ?? {}),
  ],
  ['timeline', 'Builds and images', timeline],
  ['lag', 'Lag over time', lagChart],
  ['events', 'Events', eventTable],
]

/** @param key tells its elements from those of the page's other streams; empty where it is alone */
export function streamPart(stream: PageStream, key: string): Html {
  const { history } = stream
  const id = (part: string) => [key, part].filter(Boolean).join('-')
  return html`<article${key ? html` id="${key}"` : ''} class="stream">
${summary(stream, id)}
<nav aria-label="Parts"><ul>${PARTS.map(([part, title]) => html`<li><a href="#${id(part)}">${title}</a></li>`)}</ul></nav>
${PARTS.map(
  ([part, title, show]) =>
    html`<section id="${id(part)}" aria-labelledby="${id(part)}-title"><h2 id="${id(part)}-title">${title}</h2>
${show(history, id)}${part === 'events' ? olderTable(stream.older ?? []) : ''}</section>
`,
)}</article>`
}
