import type { AzureCriteria, AzureSku, Criteria } from '../../criteria/criteria.ts'
import type { AzureQuery } from '../../snapshot/snapshot.ts'
import { compareMinors, type Minor, printMinor, readMinor } from '../../versions/minor.ts'
import { earlierOcps } from '../../versions/rhel.ts'

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
  ocp: Minor,
): ExpectedSku[] {
  const minors = [ocp, ...earlierOcps(criteria.rhel, ocp, criteria.earlierMinors)]
  const all = Object.entries(criteria.azure.plans).flatMap(([plan, { publisher, offer, skus }]) =>
    skus.flatMap((sku) =>
      (isNamedByOcp(sku) ? minors.filter((minor) => isWithin(sku, minor)) : [undefined]).map(
        (minor) => ({
          plan,
          publisher,
          offer,
          sku: minor === undefined ? sku.name : nameFor(sku, minor),
          architecture: sku.architecture,
          generation: sku.generation,
          ...(minor && { ocp: printMinor(minor) }),
        }),
      ),
    ),
  )
  return [...new Map(all.map((each) => [keyOf(each), each])).values()]
}

/** Azure compares names without regard to case. */
export function keyOf({ publisher, offer, sku }: AzureQuery): string {
  return `${publisher}:${offer}:${sku}`.toLowerCase()
}

function isNamedByOcp({ name }: AzureSku): boolean {
  return name.includes('{')
}

function nameFor({ name }: AzureSku, { major, minor }: Minor): string {
  return name.replaceAll('{major}', String(major)).replaceAll('{minor}', String(minor))
}

function isWithin({ since, until }: AzureSku, minor: Minor): boolean {
  const [first, last] = [since && readMinor(since), until && readMinor(until)]
  return (!first || compareMinors(first, minor) <= 0) && (!last || compareMinors(minor, last) <= 0)
}
