import { createHash } from 'node:crypto'

/** The account of AWS Marketplace and its alias in requests. */
export const MARKETPLACE = { id: '679593333241', alias: 'aws-marketplace' } as const

/** An AMI in one region. */
export interface AwsImage {
  region: string
  name: string
  description?: string
  architecture: 'x86_64' | 'arm64'
  /** Default: a digest of the region, the owner and the name. */
  imageId?: string
  /** Default: `available`. */
  state?:
    | 'available'
    | 'pending'
    | 'invalid'
    | 'deregistered'
    | 'transient'
    | 'failed'
    | 'error'
    | 'disabled'
  /** The account ID. Default: AWS Marketplace. */
  owner?: string
  /** RFC 3339. */
  creationDate: string
  /**
   * RFC 3339. After this time, others than the owner only see the image with `IncludeDeprecated`.
   */
  deprecationTime?: string
}

export function getImageId({ region, owner, name, imageId }: AwsImage): string {
  const digest = createHash('sha256').update([region, owner, name].join('/')).digest('hex')
  return imageId ?? `ami-${digest.slice(0, 17)}`
}
