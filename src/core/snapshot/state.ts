import type { Image, ImageState } from './snapshot.ts'

/**
 * What an image is at a time. A snapshot keeps when the cloud deprecates an image and not whether
 * that is past: the time of the capture tells, so a replay on any later day gives the same.
 *
 * @param time RFC 3339, a snapshot's `capturedAt`
 */
export function stateAt({ state, deprecation }: Image, time: string): ImageState {
  const isOver = deprecation !== undefined && Date.parse(deprecation) <= Date.parse(time)
  return isOver && state !== 'unavailable' ? 'deprecated' : state
}
