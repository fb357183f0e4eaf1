import { ServiceError } from '../../errors.ts'

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

/** What a table has for a cloud's word; undefined for one that it has not, such as `constructor`. */
export function knownIn<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}

/** @param property the member, or its value, which is printable */
export function unknownProperty(image: string, property: string): ServiceError {
  return new ServiceError(
    `${image} has a property that is not known: ${property}`,
    'A later version of stream-snapshot may know it.',
  )
}
