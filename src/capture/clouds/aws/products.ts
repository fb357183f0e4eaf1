import type { AwsArchitecture, AwsCriteria } from '../../../core/criteria/criteria.ts'

/** A marketplace offering: all images whose names contain its id. */
export interface Product {
  readonly id: string
  readonly plan: string
  readonly architecture: AwsArchitecture
}

export function productsOf({ plans }: AwsCriteria): Product[] {
  return Object.entries(plans).flatMap(([plan, products]) =>
    Object.entries(products).map(([architecture, id]) => ({
      id,
      plan,
      architecture: architecture as AwsArchitecture,
    })),
  )
}
