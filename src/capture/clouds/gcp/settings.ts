/** Where Compute is, and what is known of who asks; the credentials the library finds itself. */
export interface GcpSettings {
  /** A Compute API of one's own. */
  readonly endpoint?: string
  /** What the environment tells of the one who asks, to keep it out of the files. */
  readonly secrets: readonly string[]
}
