import type { AzureCriteria, AzureSku, Criteria } from '../../../core/criteria/criteria.ts'
import { isNamedByOcp, skuName } from '../../../core/criteria/sku-name.ts'
import type { AzureQuery } from '../../../core/snapshot/snapshot.ts'
import { type MajorMinor, printMajorMinor } from '../../../core/versions/major-minor.ts'
import { earlierOcps } from '../../../core/versions/rhel.ts'

/** What the criteria say of the images behind one SKU. */
export interface ExpectedSku extends AzureQuery {
  readonly plan: string
  readonly architecture: AzureSku['architecture']
  readonly generation: AzureSku['generation']
  /** The OCP minor that the SKU names, where its name has one. */
  readonly ocp?: string
}

/**
 * The SKUs to ask for: those of the OCP minor and of the minors before it, under every name that
 * the criteria know, each once however many plans or slots want it.
 */
export function expectedSkus(
  criteria: Criteria & { azure: AzureCriteria },
  ocp: MajorMinor,
): ExpectedSku[] {
  const minors = [ocp, ...earlierOcps(criteria.rhel, ocp, criteria.earlierMinors)]
  const all = Object.entries(criteria.azure.plans).flatMap(([plan, { publisher, offer, skus }]) =>
    skus.flatMap((sku) =>
      (isNamedByOcp(sku) ? minors : [undefined]).flatMap((minor) => {
        const name = skuName(sku, minor ?? ocp)
        if (name === undefined) return []
        return [
          {
            plan,
            publisher,
            offer,
            sku: name,
            architecture: sku.architecture,
            generation: sku.generation,
            ...(minor && { ocp: printMajorMinor(minor) }),
          },
        ]
      }),
    ),
  )
  return [...new Map(all.map((each) => [keyOf(each), each])).values()]
}

/** Azure compares names without regard to case. */
function keyOf({ publisher, offer, sku }: AzureQuery): string {
  return `${publisher}:${offer}:${sku}`.toLowerCase()
}
