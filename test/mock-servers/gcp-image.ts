/** One image of the marketplace's project, as the mock server's table has it. */
export interface GcpImage {
  name: string
  /** RFC 3339. */
  creationTimestamp: string
  description?: string
  /** Default `READY`. */
  status?: 'READY' | 'PENDING' | 'FAILED' | 'DELETING'
  /** Old images have none. */
  architecture?: 'X86_64' | 'ARM64'
  deprecated?: {
    state?: 'ACTIVE' | 'DEPRECATED' | 'OBSOLETE' | 'DELETED'
    deprecated?: string
    obsolete?: string
    deleted?: string
  }
}
