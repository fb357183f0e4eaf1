import type { styleText } from 'node:util'

/** Colours a text of stdout or of stderr, default stderr, where a terminal shows it. */
export type Style = (
  style: Parameters<typeof styleText>[0],
  text: string,
  stream?: 'stdout' | 'stderr',
) => string

/** What words need of the place where they are shown. */
export interface Styled {
  readonly style: Style
  /** The width of stdout or of stderr, default stderr; undefined where lines are to be whole. */
  readonly width: (stream?: 'stdout' | 'stderr') => number | undefined
}

/** The same for what goes to stdout. */
export function onStdout({ style, width }: Styled): Styled {
  return { style: (name, text) => style(name, text, 'stdout'), width: () => width('stdout') }
}
