import type { Terminal } from './terminal.ts'

/** What several streams print, as one output in the format that the command was given. */
export interface CollectedOutput {
  /** The terminal for what a stream prints from now on. */
  start(name: string): Terminal
  finish(): void
}

/**
 * JSON becomes one object by stream name, CSV and TSV get a first column with the name, Markdown a
 * heading, and other output a line with the name.
 */
export function collectOutput(format: string, terminal: Terminal): CollectedOutput {
  const join = JOINED[format]
  if (join === undefined) return headings(format, terminal)
  const outputs = new Map<string, string>()
  return {
    start(name) {
      outputs.set(name, '')
      const data = (text: string) => {
        outputs.set(name, `${outputs.get(name)}${text}`)
      }
      return { ...terminal, data, page: data }
    },
    finish: () => terminal.data(join(outputs)),
  }
}

function headings(format: string, terminal: Terminal): CollectedOutput {
  return {
    start(name) {
      terminal.data(format === 'markdown' ? `## ${name}\n\n` : `${name}:\n`)
      return terminal
    },
    finish: () => undefined,
  }
}

type Join = (outputs: ReadonlyMap<string, string>) => string

const JOINED: Readonly<Record<string, Join>> = {
  json(outputs) {
    const entries = [...outputs].map(([name, text]) => [name, JSON.parse(text || 'null')])
    return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`
  },
  csv(outputs) {
    const [first = ''] = outputs.values()
    const [head = ''] = records(first)
    const rows = [...outputs].flatMap(([name, text]) =>
      records(text)
        .slice(1)
        .map((row) => `${name},${row}`),
    )
    return [`stream,${head}`, ...rows].map((row) => `${row}\n`).join('')
  },
  tsv: (outputs) =>
    [...outputs]
      .flatMap(([name, text]) =>
        text
          .split('\n')
          .slice(0, -1)
          .map((row) => `${name}\t${row}\n`),
      )
      .join(''),
}

/** The records of CSV, in which a quoted line end is part of a field. */
function records(text: string): string[] {
  return text.match(/(?:"[^"]*"|[^"\n])+/g) ?? []
}
