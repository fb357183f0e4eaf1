import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printAsGo } from '../../../src/core/audit/configmap.ts'
import { printSlot, type Slot } from '../../../src/core/clouds/facts.ts'
import { CLOUDS } from '../../../src/core/snapshot/snapshot.ts'
import {
  FILE_LAYOUT,
  LAYOUT_NAMES,
  type LayoutName,
  layoutRoot,
  slotAt,
  slotPath,
} from '../../../src/core/stream/layouts.ts'
import {
  imagesIn,
  layoutsIn,
  MarketplaceFile,
  writeImages,
} from '../../../src/core/stream/marketplace.ts'
import { unreadPath } from '../../../src/core/stream/schema.ts'
import { readStream } from '../../../src/core/stream/stream.ts'

const azure = { cloud: 'azure', architecture: 'x86_64' } as const
const aws = { cloud: 'aws', architecture: 'aarch64' } as const
const gcp = { cloud: 'gcp', architecture: 'x86_64' } as const

const SLOTS: readonly Slot[] = [
  { ...azure, plan: 'no-purchase-plan', generation: 2 },
  { ...azure, plan: 'no-purchase-plan', generation: 1 },
  { ...azure, plan: 'ocp', generation: 2 },
  { ...azure, plan: 'ocp-emea', generation: 2 },
  { ...azure, plan: 'oke', generation: 2 },
  { ...azure, plan: 'constructor', generation: 2 },
  { ...azure, plan: 'ocp' },
  { ...aws, plan: 'rosa', region: 'eu-west-1' },
  { ...aws, plan: 'rosa' },
  { ...gcp, plan: 'opp' },
]

/** The path of each of the `SLOTS` in each layout, in the same order. */
const PATHS: Readonly<Record<LayoutName, readonly (string | undefined)[]>> = {
  enhancement: [
    'azure-marketplace no-purchase-plan',
    undefined,
    'azure-marketplace purchase-plan-north-america',
    'azure-marketplace purchase-plan-emea',
    undefined,
    undefined,
    undefined,
    'aws-marketplace rosa regions eu-west-1',
    undefined,
    'gcp-marketplace opp',
  ],
  'stream-metadata': [
    'marketplace azure no-purchase-plan hyperVGen2',
    'marketplace azure no-purchase-plan hyperVGen1',
    'marketplace azure ocp hyperVGen2',
    'marketplace azure ocp-emea hyperVGen2',
    'marketplace azure oke hyperVGen2',
    'marketplace azure constructor hyperVGen2',
    undefined,
    'marketplace aws rosa regions eu-west-1',
    undefined,
    'marketplace gcp opp',
  ],
}

/** A stream and a marketplace file, both without images. */
const EMPTY = [
  readStream('{"stream": "s", "architectures": {"aarch64": {}, "x86_64": {}}}', 'rhcos.json'),
  MarketplaceFile.read(undefined, 'marketplace.json'),
] as const

/** Paths in a file, with and without meaning in a layout. */
const paths = fc.array(
  fc.oneof(
    fc.constantFrom('ocp', 'oke', 'purchase-plan-emea', 'regions', 'hyperVGen1', 'hyperVGen3'),
    fc.stringMatching(/^[^/]+$/),
  ),
  { minLength: 1, maxLength: 4 },
)

describe.each(LAYOUT_NAMES)('the layout %s', (layout) => {
  const getPath = (slot: Slot) => {
    const path = slotPath(layout, slot)
    return path && [...layoutRoot(layout, slot.cloud), ...path]
  }

  it('has the expected paths for slots', () => {
    expect(SLOTS.map((slot) => getPath(slot)?.join(' '))).toEqual(PATHS[layout])
  })

  it('is read by stream-metadata-go except for the paths in unreadPath', () => {
    const placed = SLOTS.filter((slot) => slotPath(layout, slot) !== undefined)
    const written = EMPTY[0].architectures().reduce(
      (stream, architecture) =>
        CLOUDS.reduce((each, cloud) => {
          const own = placed.filter(
            (slot) => slot.cloud === cloud && slot.architecture === architecture,
          )
          const entry = { publisher: 'p', offer: 'o', sku: 's', version: 'v' }
          return writeImages(
            each,
            layout,
            architecture,
            cloud,
            own.map((slot) => ({ slot, entry })),
          )
        }, stream),
      EMPTY[0],
    )
    const read = imagesIn(readStream(printAsGo(written), 'rhcos.json')).map(({ slot }) => slot)
    expect(read.map(printSlot).sort()).toEqual(
      placed
        .filter((slot) => unreadPath(getPath(slot) ?? []) === undefined)
        .map(printSlot)
        .sort(),
    )
  })

  it('has different slots for different paths, including unknown paths', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CLOUDS), paths, paths, (cloud, a, b) => {
        const [x, y] = [slotAt(layout, cloud, 'x86_64', a), slotAt(layout, cloud, 'x86_64', b)]
        expect(printSlot(x) === printSlot(y)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })
})

describe('a file with marketplace images', () => {
  it.each(
    EMPTY.flatMap((emptyFile) =>
      LAYOUT_NAMES.filter(
        (layout) => !(emptyFile instanceof MarketplaceFile) || layout === FILE_LAYOUT,
      ).map((layout) => ({ kind: emptyFile.constructor.name, emptyFile, layout })),
    ),
  )('of type $kind stores and removes images in the layout $layout', ({ emptyFile, layout }) => {
    const images = SLOTS.flatMap((slot, index) =>
      slotPath(layout, slot)
        ? [{ slot, entry: { [slot.cloud === 'azure' ? 'version' : 'release']: String(index) } }]
        : [],
    )
    const write = (all: typeof images) =>
      (['aarch64', 'x86_64'] as const).reduce<typeof emptyFile>(
        (file, architecture) =>
          CLOUDS.reduce<typeof emptyFile>((each, cloud) => {
            const own = all.filter(
              ({ slot }) => slot.cloud === cloud && slot.architecture === architecture,
            )
            return each instanceof MarketplaceFile
              ? writeImages(each, layout, architecture, cloud, own)
              : writeImages(each, layout, architecture, cloud, own)
          }, file),
        emptyFile,
      )
    const written = write(images)
    expect(layoutsIn(written)).toEqual([layout])
    const byName = (all: readonly { slot: Slot; entry: object }[]) =>
      all.map(({ slot, entry }) => [printSlot(slot), entry]).sort()
    expect(byName(imagesIn(written))).toEqual(byName(images))
    expect(write([]).print()).toBe(emptyFile.print())
  })

  it('keeps members that are not part of an image, and reads the images next to them', () => {
    const entry = { publisher: 'p', offer: 'o', sku: 's', version: '1.2.3' }
    const plans = {
      note: 'by hand',
      ocp: { owner: 'me', hyperVGen1: { ...entry, size: 5, tags: ['a'] }, hyperVGen2: entry },
    }
    const text = JSON.stringify({ x86_64: { azure: plans } })
    const file = MarketplaceFile.read(text, 'marketplace.json')
    const images = imagesIn(file)
    expect(images.map(({ slot }) => printSlot(slot))).toEqual([
      'azure ocp x86_64 gen1',
      'azure ocp x86_64 gen2',
    ])
    expect(writeImages(file, FILE_LAYOUT, 'x86_64', 'azure', images).print()).toBe(text)
    expect(
      JSON.parse(writeImages(file, FILE_LAYOUT, 'x86_64', 'azure', []).print()).x86_64.azure,
    ).toEqual({ note: 'by hand', ocp: { owner: 'me', hyperVGen1: { size: 5, tags: ['a'] } } })
  })
})
