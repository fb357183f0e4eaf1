import { describe, expect, it } from 'vitest'
import type { Slot } from '../../../src/core/clouds/facts.ts'
import { findGrade, findImage, gen1Sku } from '../../../src/core/image/find.ts'
import { readImageSource, type SourceStream } from '../../../src/core/image/source.ts'
import { InputError } from '../../../src/errors.ts'
import { streamForms } from '../../support/forms.ts'

const FORMS = Object.entries(streamForms())
const SLOT = {
  cloud: 'azure',
  plan: 'no-purchase-plan',
  architecture: 'x86_64',
  generation: 2,
} as const

async function readOnlyStream(text: string, file: string): Promise<SourceStream> {
  const [stream] = (await readImageSource(text, file)).streams
  if (stream === undefined) throw new Error('no stream')
  return stream
}

describe('findImage', () => {
  it.each<[Partial<Slot>, string]>([
    [{}, 'azureopenshift:aro4:418-v2:418.94.20241009'],
    [{ architecture: 'aarch64' }, 'azureopenshift:aro4:418-arm:418.94.20241009'],
    [{ plan: 'ocp' }, 'redhat:rh-ocp-worker:rh-ocp-worker:4.18.2024100419'],
    [{ plan: 'purchase-plan-emea' }, 'redhat-limited:rh-ocp-worker:rh-ocp-worker:4.18.2024100419'],
  ])('finds %j in all source formats', async (slot, urn) => {
    for (const [name, text] of FORMS) {
      expect(
        findImage(await readOnlyStream(text, name), { ...SLOT, ...slot }, name)?.urn,
        name,
      ).toBe(urn)
    }
  })

  it.each([
    ['sku', 'x"\n}\nresource {', 'x"\\u000a}\\u000aresource {'],
    ['offer', "o'; touch x; '", "o'; touch x; '"],
    ['publisher', '-o', '-o'],
    ['version', '1:2', '1:2'],
    ['version', '', '""'],
    ['version', 5, 'no string'],
  ])('refuses a %s that is special in a shell or in YAML: %j', async (member, value, shown) => {
    const stream = JSON.parse(streamForms()['stream-metadata.json'])
    const { marketplace } = stream.architectures.x86_64['rhel-coreos-extensions']
    marketplace.azure['no-purchase-plan'].hyperVGen2[member] = value
    const source = await readOnlyStream(JSON.stringify(stream), 'hostile.json')
    expect(() => findImage(source, SLOT, 'hostile.json')).toThrow(
      new InputError(
        `hostile.json: azure no-purchase-plan x86_64 gen2: ${member}: expected letters, digits, dots, hyphens and underscores, found ${shown}`,
      ),
    )
    expect(findImage(source, { ...SLOT, plan: 'ocp' }, 'hostile.json')?.urn).toContain(
      'rh-ocp-worker',
    )
  })
})

it.each([
  ['418-v2', 'aro_418'],
  ['aro_422-v2', 'aro_422'],
  ['rh-ocp-worker', 'rh-ocp-worker-gen1'],
  ['rh-ocp-worker-gen1', 'rh-ocp-worker-gen1'],
  ['418-arm', undefined],
  ['aro_5-0_x64_gen2', undefined],
])('gen1Sku derives from %s the Gen1 SKU %s', (gen2, gen1) => {
  expect(gen1Sku(gen2)).toBe(gen1)
})

describe('findGrade', () => {
  const lag = (version: string, release: string, sku = '418-v2', plan = 'no-purchase-plan') => {
    const entry = { publisher: 'p', offer: 'o', sku, version }
    const slot: Slot = { ...SLOT, plan }
    const stream = { images: [{ slot, entry }], releases: new Map([['x86_64', release]]) }
    const result = findGrade(stream, { slot, entry, urn: '' })
    return result.ungraded ?? `${result.days} ${result.grade}`
  }

  it.each([
    // The same build, with a date or a date to the minute.
    ['418.94.20241009', '418.94.202410090804-0', '0 exact'],
    ['418.94.202410090804', '418.94.202410090804-0', '0 exact'],
    ['9.8.20260428', '9.8.20260428-0', '0 exact'],
    ['418.94.20240916', '418.94.202410090804-0', '23 older-build'],
    ['418.94.20250122', '418.94.202410090804-0', '-105 newer-build'],
    ['417.94.20240701', '418.94.202410090804-0', '100 older-release'],
    ['9.6.20251015', '9.8.20260403-0', '170 older-release'],
    ['9.8.20260428', '10.2.20260423-0', '-5 older-rhel-major'],
    ['4.18.2026012111', '10.2.20260423-0', '92 older-rhel-major'],
    // The version has the hour of publication, which is later than the build.
    ['4.18.2025112710', '418.94.202410090804-0', '-414 newer-build'],
    ['unknown', '418.94.202410090804-0', 'unreadable version'],
    ['418.94.20240916', '38.20230609.3.0', 'release has no RHEL version'],
  ])('for %s and the release %s is %s', (version, release, expected) => {
    expect(lag(version, release)).toBe(expected)
  })

  it('uses the OCP version of the SKU', () => {
    expect(lag('9.8.20260428', '9.8.20260715-1', 'aro_422-v2')).toBe('78 older-build')
  })
})
