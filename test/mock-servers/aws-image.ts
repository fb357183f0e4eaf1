import { createHash } from 'node:crypto'

/** The account of AWS Marketplace, and the name by which it is asked for. */
export const MARKETPLACE = { id: '679593333241', alias: 'aws-marketplace' } as const

/** One AMI in one region, as the mock server's table has it. */
export interface AwsImage {
  region: string
  name: string
  description?: string
  architecture: 'x86_64' | 'arm64'
  /** Default: a digest of region, owner and name. */
  imageId?: string
  /** Default `available`. */
  state?:
    | 'available'
    | 'pending'
    | 'invalid'
    | 'deregistered'
    | 'transient'
    | 'failed'
    | 'error'
    | 'disabled'
  /** An account; default AWS Marketplace. */
  owner?: string
  /** RFC 3339. */
  creationDate: string
  /** RFC 3339. After it nobody but its owner sees the image who does not ask for such. */
  deprecationTime?: string
}

export function getImageId({ region, owner, name, imageId }: AwsImage): string {
  const digest = createHash('sha256').update([region, owner, name].join('/')).digest('hex')
  return imageId ?? `ami-${digest.slice(0, 17)}`
}
