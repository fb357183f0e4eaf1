import { compareMajorMinor, type MajorMinor, readMajorMinor } from '../versions/major-minor.ts'
import type { AzureSku } from './criteria.ts'

/** Whether every OCP version has a SKU of its own. */
export function isNamedByOcp({ name }: AzureSku): boolean {
  return name.includes('{')
}

/** The SKU's name for an OCP version; undefined if that version does not have the SKU. */
export function skuName(sku: AzureSku, ocp: MajorMinor): string | undefined {
  if (!isOffered(sku, ocp)) return undefined
  return sku.name.replaceAll('{major}', String(ocp.major)).replaceAll('{minor}', String(ocp.minor))
}

/** Whether the criteria have a SKU for an OCP version. */
export function isOffered({ since, until, before }: AzureSku, minor: MajorMinor): boolean {
  const [first, last, end] = [since, until, before].map((each) => each && readMajorMinor(each))
  return (
    (!first || compareMajorMinor(first, minor) <= 0) &&
    (!last || compareMajorMinor(minor, last) <= 0) &&
    (!end || compareMajorMinor(minor, end) < 0)
  )
}
