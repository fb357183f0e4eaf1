/** One version of one SKU, as the mock server's table has it. */
export interface AzureImage {
  /** In the spelling that ids show; it is asked for in any case, as all four names are. */
  publisher: string
  offer: string
  sku: string
  version: string
  architecture: 'x64' | 'Arm64'
  hyperVGeneration: 'V1' | 'V2'
  /** Default `Active`. */
  imageState?: 'Active' | 'ScheduledForDeprecation' | 'Deprecated'
  /** RFC 3339. */
  scheduledDeprecationTime?: string
  /** What the publisher offers instead. */
  alternativeOption?: { type: 'None' | 'Offer' | 'Plan'; value?: string }
  /** Listed without `properties`, even where they are asked for. */
  noProperties?: boolean
  /** Needs a purchase plan, which is named as its publisher, offer and SKU. */
  hasPlan?: boolean
}
