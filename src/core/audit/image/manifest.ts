import { type Document, isMap, isScalar, isSeq } from 'yaml'
import { CheckFailure, InputError } from '../../../errors.ts'
import { FACTS } from '../../clouds/index.ts'
import type { CloudName } from '../../snapshot/snapshot.ts'
import type { FoundImage } from './find.ts'
import { findDocument, type Merged, printPath, type YamlPath, YamlText } from './merge.ts'
import { isComputePool, type Pool } from './pools.ts'

/**
 * Where a pool's image stands in an install-config.
 *
 * @param position of a compute pool among all
 */
export function installConfigPath(cloud: CloudName, pool: Pool, position = 0): YamlPath {
  if (pool === 'defaultMachinePlatform') return ['platform', cloud, pool]
  const platform = ['platform', cloud] as const
  return isComputePool(pool) ? ['compute', position, ...platform] : [pool, ...platform]
}

export const MACHINE_SET_PATH: YamlPath = ['spec', 'template', 'spec', 'providerSpec', 'value']

const MERGEABLE = 'an install-config or a MachineSet'

/**
 * Puts an image into an install-config or a MachineSet.
 *
 * @throws InputError for a file that is neither
 * @throws CheckFailure where an image of another kind, or of another cloud, stands there
 */
export function mergeImage(text: string, file: string, found: FoundImage, pool: Pool): Merged {
  const document = findDocument(text, file, MERGEABLE, isMergeable)
  if (document === undefined) throw new InputError(`${file}: expected ${MERGEABLE}`)
  const yaml = new YamlText(text, file, document)
  return document.has('kind') ? intoMachineSet(yaml, found) : intoInstallConfig(yaml, found, pool)
}

function isMergeable(document: Document): boolean {
  const kind: unknown = document.get('kind')
  return kind === 'MachineSet' || (kind === undefined && document.has('platform'))
}

function intoMachineSet(yaml: YamlText, { slot, entry }: FoundImage): Merged {
  const { file } = yaml
  const { uses, title } = FACTS[slot.cloud]
  const value = yaml.at(MACHINE_SET_PATH)
  if (!isMap(value)) {
    throw new InputError(`${file}: ${printPath(MACHINE_SET_PATH)}: expected the provider's own`)
  }
  const kind: unknown = value.get('kind')
  if (typeof kind === 'string' && kind !== uses.providerKind) {
    throw new CheckFailure(
      `${file}: is for ${kind}, and the image is of ${title}, which is ${uses.providerKind}`,
    )
  }
  for (const other of uses.others?.machineSet ?? []) {
    refuseOther(yaml, [...MACHINE_SET_PATH, ...other])
  }
  const { disks, ...members } = uses.machineSet(entry, slot.plan)
  if (disks === undefined) return yaml.merge(MACHINE_SET_PATH, members)
  const all = yaml.at([...MACHINE_SET_PATH, 'disks'])
  if (!isSeq(all) || all.items.length === 0) throw new InputError(`${file}: has no disks`)
  const boot = all.items.findIndex((disk) => isMap(disk) && disk.get('boot') === true)
  const path = [...MACHINE_SET_PATH, 'disks', Math.max(0, boot)]
  return yaml.merge(path, typeof disks === 'string' ? {} : disks)
}

function intoInstallConfig(yaml: YamlText, { slot, entry }: FoundImage, pool: Pool): Merged {
  const { file } = yaml
  const { uses, title } = FACTS[slot.cloud]
  const platform = yaml.at(['platform'])
  const clouds = isMap(platform) ? platform.items.map(({ key }) => String(key)) : []
  if (clouds.length === 0) {
    throw new InputError(`${file}: .platform: expected a cloud's name, such as ${slot.cloud}`)
  }
  if (yaml.at(['platform', slot.cloud]) === undefined) {
    throw new CheckFailure(`${file}: is for ${clouds.join(', ')}, and the image is of ${title}`)
  }
  const position = isComputePool(pool) ? positionOf(yaml, pool) : 0
  if (pool === 'defaultMachinePlatform') {
    for (const other of uses.others?.platform ?? []) {
      refuseOther(yaml, ['platform', slot.cloud, ...other])
    }
  }
  const path = installConfigPath(slot.cloud, pool, position)
  return yaml.merge(path, uses.installConfig(entry, slot.plan))
}

/** Of a compute pool in its list. */
function positionOf(yaml: YamlText, pool: Pool): number {
  const { file } = yaml
  const compute = yaml.at(['compute'])
  const pools = isSeq(compute) ? compute.items : []
  if (pools.length === 0) throw new InputError(`${file}: has no compute pool`)
  const names = pools.map((each) => (isMap(each) ? String(each.get('name')) : 'one without a name'))
  if (pool === 'compute') {
    if (pools.length === 1) return 0
    throw new InputError(
      `${file}: has several compute pools: ${names.join(', ')}`,
      'Name the one that is meant with --pool.',
    )
  }
  const position = names.indexOf(pool)
  if (position >= 0) return position
  throw new InputError(`${file}: has no compute pool ${pool}`, `There is: ${names.join(', ')}.`)
}

/** What names an image in another way than ours, which would stand beside it. */
function refuseOther({ file, document }: YamlText, path: YamlPath): void {
  const node: unknown = document.getIn(path, true)
  const value = isScalar(node) ? node.value : node
  if (value === undefined || value === null || value === '') return
  const shown = isScalar(node) ? `: ${node.value}` : ''
  throw new CheckFailure(
    `${file}: an image of another kind stands there, by ${printPath(path)}${shown}`,
    'Take that out, and run again, if an image of the marketplace is meant.',
  )
}
