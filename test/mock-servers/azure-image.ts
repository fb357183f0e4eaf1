import { readFile } from 'node:fs/promises'

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

const VALUES = {
  architecture: ['x64', 'Arm64'],
  hyperVGeneration: ['V1', 'V2'],
  imageState: ['Active', 'ScheduledForDeprecation', 'Deprecated', undefined],
} as const

/**
 * Reads a table of images, a JSON array.
 *
 * @throws Error, in one line, that names the file, the row and what was expected there.
 */
export async function readImages(file: string): Promise<AzureImage[]> {
  let rows: unknown
  try {
    rows = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new Error(`${file}: ${cause instanceof Error ? cause.message : cause}`)
  }
  if (!Array.isArray(rows)) throw new Error(`${file}: expected an array of images`)
  return rows.map((row, index) => checkImage(row, `${file}: image ${index}`))
}

function checkImage(row: unknown, place: string): AzureImage {
  if (typeof row !== 'object' || row === null) throw new Error(`${place}: expected an object`)
  const image = row as Record<string, unknown>
  for (const key of ['publisher', 'offer', 'sku', 'version']) {
    if (typeof image[key] !== 'string') throw new Error(`${place}: expected a string as '${key}'`)
  }
  for (const [key, values] of Object.entries(VALUES)) {
    if (!(values as readonly unknown[]).includes(image[key])) {
      throw new Error(
        `${place}: expected '${key}' to be one of ${values.filter(Boolean).join(', ')}`,
      )
    }
  }
  return row as AzureImage
}
