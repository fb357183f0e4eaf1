import type { Change } from '../changes/changes.ts'
import { FILE_LAYOUT } from '../stream/layouts.ts'

/**
 * The SKUs of added or changed Gen2 images that the machine-config operator takes for Gen1: it reads
 * a SKU with `v2` or `gen2` as Gen2 and any other as Gen1.
 */
export function misreadSkus(changes: readonly Change[]): string[] {
  const skus = changes.flatMap(({ subject, after }) => {
    if (subject.kind !== 'slot' || subject.slot.generation !== 2) return []
    const { layout = FILE_LAYOUT } = subject
    const sku = after?.entry?.sku
    return layout === FILE_LAYOUT && sku !== undefined && !/v2|gen2/i.test(sku) ? [sku] : []
  })
  return [...new Set(skus)]
}
