/** An image of the marketplace project. */
export interface GcpImage {
  name: string
  /** RFC 3339. */
  creationTimestamp: string
  description?: string
  /** Default: `READY`. */
  status?: 'READY' | 'PENDING' | 'FAILED' | 'DELETING'
  /** Missing for old images. */
  architecture?: 'X86_64' | 'ARM64'
  deprecated?: {
    state?: 'ACTIVE' | 'DEPRECATED' | 'OBSOLETE' | 'DELETED'
    deprecated?: string
    obsolete?: string
    deleted?: string
  }
}
