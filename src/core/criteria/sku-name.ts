import { compareMinors, type Minor, readMinor } from '../versions/minor.ts'
import type { AzureSku } from './criteria.ts'

/** Whether a SKU's name has an OCP minor in it, so that every minor has a SKU of its own. */
export function isNamedByOcp({ name }: AzureSku): boolean {
  return name.includes('{')
}

/** The SKU's name for an OCP minor; undefined where that minor's images do not have such a name. */
export function skuName(sku: AzureSku, ocp: Minor): string | undefined {
  if (!isNamedByOcp(sku)) return sku.name
  if (!isWithin(sku, ocp)) return undefined
  return sku.name.replaceAll('{major}', String(ocp.major)).replaceAll('{minor}', String(ocp.minor))
}

function isWithin({ since, until }: AzureSku, minor: Minor): boolean {
  const [first, last] = [since && readMinor(since), until && readMinor(until)]
  return (!first || compareMinors(first, minor) <= 0) && (!last || compareMinors(minor, last) <= 0)
}
