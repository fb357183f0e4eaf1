import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printSlot, type Slot } from '../../../src/core/clouds/slot.ts'
import {
  imagesIn,
  LAYOUT_NAMES,
  LAYOUTS,
  type LayoutName,
  layoutsIn,
} from '../../../src/core/layouts/layout.ts'
import { MarketplaceFile } from '../../../src/core/layouts/marketplace-file.ts'
import schema from '../../../src/core/schemas/workspace.schema.json' with { type: 'json' }
import { CLOUDS } from '../../../src/core/snapshot/snapshot.ts'
import { printAsGo, unreadOf } from '../../../src/core/stream/known.ts'
import { FILE_LAYOUT } from '../../../src/core/stream/layouts.ts'
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

/** Where each layout has these, in their order; undefined for no place. */
const PLACES: Readonly<Record<LayoutName, readonly (string | undefined)[]>> = {
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

/** A file of each kind that has nothing in it but the architectures. */
const EMPTY = [
  readStream('{"stream": "s", "architectures": {"aarch64": {}, "x86_64": {}}}', 'rhcos.json'),
  MarketplaceFile.read(undefined, 'marketplace.json'),
] as const

const slots = fc
  .record({
    cloud: fc.constantFrom(...CLOUDS),
    plan: fc.oneof(
      fc.constantFrom('no-purchase-plan', 'ocp', 'ocp-emea', 'oke', '__proto__', 'constructor'),
      fc.string({ minLength: 1 }),
    ),
    architecture: fc.constantFrom('aarch64' as const, 'x86_64' as const),
    generation: fc.option(fc.constantFrom(1 as const, 2 as const), { nil: undefined }),
    region: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  })
  .map(({ cloud, plan, architecture, generation, region }): Slot => {
    const base = { cloud, plan, architecture }
    if (cloud === 'azure') return { ...base, ...(generation && { generation }) }
    return cloud === 'aws' && region !== undefined ? { ...base, region } : base
  })

/** Names as a file may hold them, those of the layouts among others. */
const paths = fc.array(
  fc.oneof(
    fc.constantFrom('ocp', 'oke', 'purchase-plan-emea', 'regions', 'hyperVGen1', 'hyperVGen3'),
    fc.stringMatching(/^[^/]+$/),
  ),
  { minLength: 1, maxLength: 4 },
)

describe.each(LAYOUT_NAMES)('the layout %s', (name) => {
  const layout = LAYOUTS[name]
  const placeOf = (slot: Slot) => {
    const path = layout.pathOf(slot)
    return path && [...layout.rootOf(slot.cloud), ...path]
  }

  it('has a place for each slot, or none', () => {
    expect(SLOTS.map((slot) => placeOf(slot)?.join(' '))).toEqual(PLACES[name])
  })

  it('may be named in a workspace', () => {
    expect(schema.properties.streams.additionalProperties.properties.layouts.items.enum).toContain(
      name,
    )
  })

  it('is in docs/formats.md', () => {
    const page = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8')
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
  })

  it('is read by stream-metadata-go where it is said to be', () => {
    const placed = SLOTS.filter((slot) => layout.pathOf(slot) !== undefined)
    const written = EMPTY[0].architectures().reduce(
      (stream, architecture) =>
        CLOUDS.reduce((each, cloud) => {
          const own = placed.filter(
            (slot) => slot.cloud === cloud && slot.architecture === architecture,
          )
          const entry = { publisher: 'p', offer: 'o', sku: 's', version: 'v' }
          return layout.write(
            each,
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
        .filter((slot) => unreadOf(placeOf(slot) ?? []) === undefined)
        .map(printSlot)
        .sort(),
    )
  })

  it('tells from a place the slot that it is for', () => {
    fc.assert(
      fc.property(slots, (slot) => {
        const path = layout.pathOf(slot)
        if (path === undefined) return
        expect(layout.slotAt(slot.cloud, slot.architecture, path)).toEqual(slot)
      }),
    )
  })

  it('takes no two names for one slot, whether they are places of its own or not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CLOUDS), paths, paths, (cloud, a, b) => {
        const [x, y] = [layout.slotAt(cloud, 'x86_64', a), layout.slotAt(cloud, 'x86_64', b)]
        expect(printSlot(x) === printSlot(y)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })
})

describe('what holds marketplace images', () => {
  it.each(
    EMPTY.flatMap((holder) =>
      LAYOUT_NAMES.filter(
        (name) => !(holder instanceof MarketplaceFile) || name === FILE_LAYOUT,
      ).map((name) => ({ kind: holder.constructor.name, holder, name })),
    ),
  )(
    'a $kind gives back in the layout $name what was written, and loses it again',
    ({ holder, name }) => {
      const layout = LAYOUTS[name]
      const images = SLOTS.flatMap((slot, index) =>
        layout.pathOf(slot) ? [{ slot, entry: { version: String(index) } }] : [],
      )
      const write = (all: typeof images) =>
        (['aarch64', 'x86_64'] as const).reduce<typeof holder>(
          (held, architecture) =>
            CLOUDS.reduce<typeof holder>((each, cloud) => {
              const own = all.filter(
                ({ slot }) => slot.cloud === cloud && slot.architecture === architecture,
              )
              return each instanceof MarketplaceFile
                ? layout.write(each, architecture, cloud, own)
                : layout.write(each, architecture, cloud, own)
            }, held),
          holder,
        )
      const written = write(images)
      expect(layoutsIn(written)).toEqual([name])
      const byName = (all: readonly { slot: Slot; entry: object }[]) =>
        all.map(({ slot, entry }) => [printSlot(slot), entry]).sort()
      expect(byName(imagesIn(written))).toEqual(byName(images))
      expect(write([]).print()).toBe(holder.print())
    },
  )

  it('has a layout as soon as its key is there, with nothing in it', () => {
    const text =
      '{"stream": "s", "architectures": {"x86_64": {"rhel-coreos-extensions": {"gcp-marketplace": {}}}}}'
    expect(layoutsIn(readStream(text, 'rhcos.json'))).toEqual(['enhancement'])
  })

  it('a marketplace file keeps the order and the text of what is not written anew', () => {
    const text =
      '{\n    "x86_64": {\n        "gcp": {"ocp": {"name": "n"}},\n        "other": [1]\n    }\n}\n'
    const file = MarketplaceFile.read(text, 'marketplace.json')
    const [image] = imagesIn(file)
    expect(image?.slot).toEqual({ ...gcp, plan: 'ocp' })
    const written = LAYOUTS['stream-metadata'].write(file, 'x86_64', 'gcp', image ? [image] : [])
    expect(written.print()).toBe(text)
  })
})
