/** A version of a SKU. */
export interface AzureImage {
  /** In the spelling of IDs. Requests may spell all four names in any case. */
  publisher: string
  offer: string
  sku: string
  version: string
  architecture: 'x64' | 'Arm64'
  hyperVGeneration: 'V1' | 'V2'
  /** Default: `Active`. */
  imageState?: 'Active' | 'ScheduledForDeprecation' | 'Deprecated'
  /** RFC 3339. */
  scheduledDeprecationTime?: string
  /** The replacement that the publisher recommends. */
  alternativeOption?: { type: 'None' | 'Offer' | 'Plan'; value?: string }
  /** Whether `properties` are missing in lists, regardless of `$expand`. */
  noProperties?: boolean
  /** Whether the image has a purchase plan, named like its publisher, offer and SKU. */
  hasPlan?: boolean
}
