import type { Grade } from '../core/selection/grade.ts'

const COLOURS = {
  exact: 'green',
  'newer-build': 'cyan',
  'older-build': 'yellow',
  'older-release': 'red',
  'older-rhel-major': 'red',
} as const satisfies Record<Grade, string>

/** A grade's colour, the same wherever grades are shown. */
export function colourOf(grade: Grade): (typeof COLOURS)[Grade] {
  return COLOURS[grade]
}
