import { stringify } from 'yaml'
import type { FoundImage } from '../core/audit/image/find.ts'
import { installConfigPath, MACHINE_SET_PATH } from '../core/audit/image/manifest.ts'
import type { YamlPath } from '../core/audit/image/merge.ts'
import { isNamedPool, type Pool } from '../core/audit/image/pools.ts'
import type { Members } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'

export interface ImageOptions {
  /** An Azure region, for an id. */
  readonly location: string
  /** The pool of an install-config. */
  readonly pool: Pool
}

/** How `image -o` can print. */
export const IMAGE_FORMATS = {
  urn: ({ urn }) => urn,
  json: ({ slot, entry, urn }) => JSON.stringify({ ...slot, ...entry, urn }, undefined, 2),
  id: ({ slot, entry }, { location }) => FACTS[slot.cloud].idOf(entry, location),
  'install-config': ({ slot: { cloud, plan }, entry }, { pool }) =>
    fragment(
      installConfigPath(cloud, pool),
      FACTS[cloud].uses.installConfig(entry, plan),
      isNamedPool(pool) ? { name: pool } : {},
    ),
  machineset: ({ slot: { cloud, plan }, entry }) => {
    const { disks, ...members } = FACTS[cloud].uses.machineSet(entry, plan)
    return disks === undefined
      ? fragment(MACHINE_SET_PATH, members)
      : fragment(MACHINE_SET_PATH, { disks: [{ boot: true, ...(disks as Members) }] })
  },
} as const satisfies Record<string, (found: FoundImage, options: ImageOptions) => string>
export type ImageFormat = keyof typeof IMAGE_FORMATS

/** What has to be done once before an image of a purchase plan starts. */
export function termsLine({ slot: { cloud, plan }, entry }: FoundImage): string | undefined {
  const terms = FACTS[cloud].uses.terms(entry, plan)
  return terms && `${plan} is a purchase plan, whose terms are accepted first: ${terms}`
}

/** Members under their path, as YAML to be pasted; what stands in a list has a name before them. */
function fragment(path: YamlPath, members: object, named = {}): string {
  const value = path.reduceRight<object>(
    (sum, name) => (typeof name === 'number' ? [Object.assign({}, named, sum)] : { [name]: sum }),
    members,
  )
  return stringify(value, { lineWidth: 0, indentSeq: false }).trimEnd()
}
