import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printSlot, type Slot } from '../../../src/core/clouds/slot.ts'
import { imagesIn, LAYOUT_NAMES, LAYOUTS, layoutsIn } from '../../../src/core/layouts/layout.ts'
import { MarketplaceFile } from '../../../src/core/layouts/marketplace-file.ts'
import { CLOUDS } from '../../../src/core/snapshot/snapshot.ts'
import { readStream } from '../../../src/core/stream/stream.ts'

const azure = { cloud: 'azure', architecture: 'x86_64' } as const
const aws = { cloud: 'aws', architecture: 'aarch64' } as const
const gcp = { cloud: 'gcp', architecture: 'x86_64' } as const

/** Each slot with its names in each layout, undefined for no place. */
const PLACES: readonly (readonly [
  slot: Slot,
  enhancement: string | undefined,
  streamMetadata: string | undefined,
])[] = [
  [
    { ...azure, plan: 'no-purchase-plan', generation: 2 },
    'no-purchase-plan',
    'no-purchase-plan hyperVGen2',
  ],
  [{ ...azure, plan: 'no-purchase-plan', generation: 1 }, undefined, 'no-purchase-plan hyperVGen1'],
  [{ ...azure, plan: 'ocp', generation: 2 }, 'purchase-plan-north-america', 'ocp hyperVGen2'],
  [{ ...azure, plan: 'ocp-emea', generation: 2 }, 'purchase-plan-emea', 'ocp-emea hyperVGen2'],
  [{ ...azure, plan: 'oke', generation: 2 }, undefined, 'oke hyperVGen2'],
  [{ ...azure, plan: 'constructor', generation: 2 }, undefined, 'constructor hyperVGen2'],
  [{ ...azure, plan: 'ocp' }, undefined, undefined],
  [
    { ...aws, plan: 'rosa', region: 'eu-west-1' },
    'rosa regions eu-west-1',
    'rosa regions eu-west-1',
  ],
  [{ ...aws, plan: 'rosa' }, undefined, undefined],
  [{ ...gcp, plan: 'opp' }, 'opp', 'opp'],
]

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
  const at = name === 'enhancement' ? 0 : 1

  it.each(PLACES)('has a place for %o, or none', (slot, ...places) => {
    expect(layout.pathOf(slot)?.join(' ')).toBe(places[at])
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
        (name) => holder instanceof MarketplaceFile === false || name !== 'enhancement',
      ).map((name) => ({ kind: holder.constructor.name, holder, name })),
    ),
  )(
    'a $kind gives back in the layout $name what was written, and loses it again',
    ({ holder, name }) => {
      const layout = LAYOUTS[name]
      const images = PLACES.flatMap(([slot], index) =>
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
