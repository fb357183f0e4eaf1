import { changeTable } from './changes.ts'
import { type Html, html } from './html.ts'
import { lagChart } from './lag.ts'
import { matrix } from './matrix.ts'
import type { PageStream } from './older.ts'
import { publishPart } from './publish.ts'
import { summary } from './summary.ts'
import { timeline } from './timeline.ts'

interface Part {
  readonly id: string
  readonly title: string
  /** Undefined for nothing to show: the page leaves the part out. */
  readonly show: (stream: PageStream, id: (name: string) => string) => Html | undefined
}

const PARTS: readonly Part[] = [
  {
    id: 'publish',
    title: 'Images to publish',
    show: ({ history }) => publishPart(history.at(-1)?.slots ?? []),
  },
  {
    id: 'now',
    title: 'Current images',
    show: ({ history }) => {
      const { slots = [], releases = {}, ocp } = history.at(-1) ?? {}
      return matrix(slots, releases, ocp)
    },
  },
  { id: 'timeline', title: 'Builds and images', show: ({ history }) => timeline(history) },
  { id: 'lag', title: 'Lag over time', show: lagChart },
  { id: 'changes', title: 'Changes', show: changeTable },
]

/** @param key makes the ids of a page of several streams unique; empty for a page of one */
export function streamPart(stream: PageStream, key: string): Html {
  const id = (part: string) => [key, part].filter(Boolean).join('-')
  const parts = PARTS.flatMap((part) => {
    const content = part.show(stream, id)
    return content ? [{ ...part, content }] : []
  })
  return html`<article${key ? html` id="${key}"` : ''} class="stream">
${summary(stream, id)}
${parts.length > 1 ? html`<nav aria-label="Parts"><ul>${parts.map((part) => html`<li><a href="#${id(part.id)}">${part.title}</a></li>`)}</ul></nav>` : ''}
${parts.map(
  (part) =>
    html`<section id="${id(part.id)}" aria-labelledby="${id(part.id)}-title"><h2 id="${id(part.id)}-title">${part.title}</h2>
${part.content}</section>
`,
)}</article>`
}
