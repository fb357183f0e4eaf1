/**
 * What a person hears of an image, or of a region, with a value that the cloud has none of. The value
 * may be anything, so what is shown is the place in the answer.
 *
 * @param which `image 3`
 */
export function leftOut(question: string, which: string, member: string): string {
  return `${question}: ${which} of the answer is left out: its ${member} is of another form than the cloud documents`
}

/** What a person hears of an image that is kept and never chosen. */
export function unknownState(question: string, image: string, state: string): string {
  return `${question}: image ${image} is in the state ${state}, which is not known: never chosen`
}
