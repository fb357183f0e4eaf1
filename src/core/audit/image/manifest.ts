import { isMap, isSeq } from 'yaml'
import { CheckFailure, InputError } from '../../../errors.ts'
import { FACTS } from '../../clouds/index.ts'
import type { CloudName } from '../../snapshot/snapshot.ts'
import type { FoundImage } from './find.ts'
import { type Merged, mergeYaml, readYaml, type YamlPath } from './merge.ts'
import type { Pool } from './pools.ts'

/** Where a pool's image stands in an install-config. */
export function installConfigPath(cloud: CloudName, pool: Pool): YamlPath {
  if (pool === 'defaultMachinePlatform') return ['platform', cloud, pool]
  const platform = ['platform', cloud] as const
  return pool === 'compute' ? [pool, 0, ...platform] : [pool, ...platform]
}

export const MACHINE_SET_PATH: YamlPath = ['spec', 'template', 'spec', 'providerSpec', 'value']

/**
 * Puts an image into an install-config or a MachineSet.
 *
 * @throws InputError for a file that is neither
 * @throws CheckFailure where an image of another kind, or of another cloud, stands there
 */
export function mergeImage(text: string, file: string, found: FoundImage, pool: Pool): Merged {
  const document = readYaml(text, file)
  const { slot, entry } = found
  const { uses, title } = FACTS[slot.cloud]
  const kind: unknown = document.get('kind')
  if (kind === 'MachineSet') {
    const value = document.getIn(MACHINE_SET_PATH, true)
    if (!isMap(value)) {
      throw new InputError(`${file}: .${MACHINE_SET_PATH.join('.')}: expected the provider's own`)
    }
    refuseOther(file, document.toJS() as object, found)
    const { disks, ...members } = uses.machineSet(entry, slot.plan)
    if (disks === undefined) return mergeYaml(text, file, MACHINE_SET_PATH, members)
    const all = value.get('disks', true)
    if (!isSeq(all) || all.items.length === 0) throw new InputError(`${file}: has no disks`)
    const boot = all.items.findIndex((disk) => isMap(disk) && disk.get('boot') === true)
    const path = [...MACHINE_SET_PATH, 'disks', Math.max(0, boot)]
    return mergeYaml(text, file, path, typeof disks === 'string' ? {} : disks)
  }
  const platform: unknown = document.get('platform')
  if (kind !== undefined || !isMap(platform)) {
    throw new InputError(`${file}: expected an install-config or a MachineSet`)
  }
  if (!platform.has(slot.cloud)) {
    const there = platform.items.map(({ key }) => String(key)).join(', ')
    throw new CheckFailure(`${file}: is for ${there}, and the image is of ${title}`)
  }
  if (pool === 'compute' && !isSeq(document.get('compute'))) {
    throw new InputError(`${file}: has no compute pool`)
  }
  refuseOther(file, document.toJS() as object, found)
  return mergeYaml(
    text,
    file,
    installConfigPath(slot.cloud, pool),
    uses.installConfig(entry, slot.plan),
  )
}

/** What names an image in another way than by publisher or id; it would stand beside ours. */
function refuseOther(file: string, manifest: object, { slot: { cloud } }: FoundImage): void {
  const value = MACHINE_SET_PATH.reduce<unknown>(
    (sum, name) => (sum as Readonly<Record<string, unknown>> | undefined)?.[String(name)],
    manifest,
  ) as
    | {
        readonly image?: { readonly resourceID?: unknown } | string
        readonly ami?: { readonly filters?: unknown; readonly arn?: unknown }
      }
    | undefined
  if (value === undefined) return
  const { image, ami } = value
  const other =
    typeof image === 'object' && image.resourceID
      ? `.image.resourceID: ${String(image.resourceID)}`
      : ami?.filters !== undefined
        ? '.ami.filters'
        : ami?.arn !== undefined
          ? '.ami.arn'
          : undefined
  if (other === undefined) return
  throw new CheckFailure(
    `${file}: an image of another kind stands there, by ${other}`,
    `Take it out, and run again, if an image of the marketplace of ${FACTS[cloud].title} is meant.`,
  )
}
