/** How the Gen1 SKU's name follows from the Gen2 SKU's; the first that fits counts. */
const RULES: readonly (readonly [gen2: RegExp, gen1: string | undefined])[] = [
  // Up to 4.20 `418-v2` stood beside `aro_418`, from 4.21 on `aro_422-v2` beside `aro_422`.
  [/^([0-9]+)-v2$/i, 'aro_$1'],
  [/^(aro_[0-9]+)-v2$/i, '$1'],
  // There are no Gen1 machines with Arm, and from 5.0 on no Gen1 images.
  [/-arm$/i, undefined],
  [/_gen2$/i, undefined],
  // The enhancement's rule, which the paid offers keep to.
  [/^(.+?)(-gen1)?$/i, '$1-gen1'],
]

/** The SKU of the Gen1 image beside a Gen2 image; undefined where there is none. */
export function gen1Sku(gen2: string): string | undefined {
  for (const [pattern, replacement] of RULES) {
    if (pattern.test(gen2)) {
      return replacement === undefined ? undefined : gen2.replace(pattern, replacement)
    }
  }
  return undefined
}
