import type { SlotSkew } from '../skew/skew.ts'

/** A slot as a version has it; without a release there is no grade, no lag, nothing expected. */
export interface SlotState extends Omit<SlotSkew, 'release'> {
  readonly release?: string
  /** Why the image that stands in a stream may not fill its slot: it is of a later OCP, say. */
  readonly refused?: string
}

/** What a version says. */
export interface State {
  /** By architecture. */
  readonly releases: Readonly<Record<string, string>>
  /** Each architecture's build as a text: its artifacts, and the images that it has itself. */
  readonly contents: Readonly<Record<string, string>>
  /** The slots of a snapshot, or those in which a stream has an image. */
  readonly slots: readonly SlotState[]
}
