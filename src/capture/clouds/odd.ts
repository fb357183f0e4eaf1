import { visibleLine } from '../../printable.ts'

/** As long as the longest name that any cloud has. */
const LONGEST = 128

/** What a person hears of an image, or of a region, with a value that the cloud has none of. */
export function leftOut(question: string, name: string, member: string): string {
  const shown = visibleLine(name.slice(0, LONGEST))
  return `${question}: ${shown} is left out: its ${member} is of another form than the cloud documents`
}

/** What a person hears of an image that is kept and never chosen. */
export function unknownState(question: string, image: string, state: string): string {
  return `${question}: image ${image} is in the state ${state}, which is not known: never chosen`
}
