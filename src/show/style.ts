import type { styleText } from 'node:util'
import type { Grade } from '../core/selection/select.ts'

/** Colors a text for stdout or stderr (default) on a capable terminal. */
export type Style = (
  style: Parameters<typeof styleText>[0],
  text: string,
  stream?: 'stdout' | 'stderr',
) => string

export interface Styled {
  readonly style: Style
  /** The width of stdout or stderr (default); undefined for complete lines. */
  readonly width: (stream?: 'stdout' | 'stderr') => number | undefined
}

export function onStdout({ style, width }: Styled): Styled {
  return { style: (name, text) => style(name, text, 'stdout'), width: () => width('stdout') }
}

/** For lines that are indented. */
export function narrowed({ style, width }: Styled, indent: number): Styled {
  const full = width()
  return { style, width: () => (full === undefined ? undefined : full - indent) }
}

export const GRADE_STYLES = {
  exact: 'green',
  'newer-build': 'cyan',
  'older-build': 'yellow',
  'older-release': 'red',
  'older-rhel-major': 'red',
} as const satisfies Record<Grade, string>
