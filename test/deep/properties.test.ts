import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordAzure } from '../../src/capture/clouds/azure/images.ts'
import { ofKinds } from '../../src/core/changes/changes.ts'
import { compareStreams } from '../../src/core/changes/streams.ts'
import { compareAsNumbers, identityOf, sortImages } from '../../src/core/clouds/order.ts'
import type { Slot, Wanted } from '../../src/core/clouds/slot.ts'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import {
  fromValue,
  type JsonRecord,
  parseDocument,
  printDocument,
  printJson,
  toValue,
} from '../../src/core/json/document.ts'
import { encodeString } from '../../src/core/json/node.ts'
import { selectImage } from '../../src/core/selection/select.ts'
import { isIntact, printSnapshot, readSnapshot } from '../../src/core/snapshot/read.ts'
import type { Image } from '../../src/core/snapshot/snapshot.ts'
import { isAzureVersion } from '../../src/core/snapshot/values.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import {
  compareMajorMinor,
  compareVersions,
  type DatedVersion,
  inferRhel,
  readMajorMinor,
  readRelease,
  readVersion,
} from '../../src/core/versions/version.ts'
import { visible, visibleLine } from '../../src/printable.ts'
import { findSecret } from '../../src/secrets.ts'
import { code } from '../../src/show/markdown.ts'
import { html } from '../../src/show/report/html.ts'
import { jsonText } from '../core/json/arbitrary.ts'
import { snapshotOf } from '../support/snapshots.ts'
import { images, versionText, wildText } from './arbitrary.ts'
import { check } from './check.ts'

describe('parsing and printing', () => {
  it('a document', () => {
    const roundTrip = fc.property(jsonText, (text) => {
      const document = parseDocument(text, 'f')
      return (
        printDocument(document) === text &&
        isDeepStrictEqual(toValue(document.root), JSON.parse(text))
      )
    })
    check('print', 'a document is printed as it was read, and means the same', roundTrip)
  })

  it('a stream', () => {
    const stream = fc.tuple(wildText, jsonText, jsonText, fc.constantFrom('', '\n', '\r\n\n'))
    const property = fc.property(stream, ([name, foreign, formats, end]) => {
      const text = `{"stream": ${JSON.stringify(name)},\n "foreign":${foreign}, "architectures": {"x86_64": {"artifacts": {"metal": {"release": "1", "formats": ${formats}}}}}}${end}`
      const read = readStream(text, 'f')
      const stamped = read.withMetadata({ lastModified: 'x', generator: 'y' })
      const value = JSON.parse(stamped.print())
      const { metadata, ...rest } = value
      return (
        read.print() === text &&
        isDeepStrictEqual(rest, JSON.parse(text)) &&
        isDeepStrictEqual(metadata, { 'last-modified': 'x', generator: 'y' }) &&
        stamped.print().endsWith(`}${end}`)
      )
    })
    check('print', 'a stream comes back byte for byte, and changed where it was changed', property)
  })

  it('a snapshot', () => {
    const property = fc.property(images, wildText, (list, generator) => {
      const snapshot = { ...snapshotOf(list) }
      const text = printSnapshot(snapshot)
      if (!list.every(({ version }) => isAzureVersion(version))) {
        expect(() => readSnapshot(text, 'f')).toThrow(/^f: \.images\.azure\[\d+\]\.version: must /)
        return true
      }
      const read = readSnapshot(text, 'f')
      const forged = JSON.stringify({ ...read, generator: `${generator}x` })
      return (
        isDeepStrictEqual(read, JSON.parse(JSON.stringify(snapshot))) &&
        printSnapshot(read) === text &&
        !isIntact(JSON.parse(forged))
      )
    })
    check('print', 'a snapshot is read as it was printed, and a forged one is seen', property)
  })

  it('a value', () => {
    const property = fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), (value) =>
      isDeepStrictEqual(JSON.parse(printJson(fromValue(value as JsonRecord), '  ')), value),
    )
    check('print', 'a new value is read as what it was made of', property)
  })
})

/** encoding/json of Go, told by its own tables: what is not safe within HTML, and no text at all. */
function asGoDoes(text: string): string {
  let out = '"'
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const short = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r', 34: '"', 92: '\\' }[code]
    if (short !== undefined) out += `\\${short}`
    else if (code < 0x20 || '<>&'.includes(character))
      out += `\\u00${code.toString(16).padStart(2, '0')}`
    else if (code === 0x2028 || code === 0x2029) out += `\\u${code.toString(16)}`
    else if (code >= 0xd800 && code <= 0xdfff) out += '\\ufffd'
    else out += character
  }
  return `${out}"`
}

describe('escaping', () => {
  it('of JSON', () => {
    const property = fc.property(wildText, (text) => encodeString(text) === asGoDoes(text))
    check('escape', "JSON's strings are written as Go writes them", property)
  })

  const ACTIVE =
    /(?!\r\n)[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u

  it('for a terminal', () => {
    const property = fc.property(wildText, (text) => {
      const json = JSON.stringify({ text })
      return (
        !ACTIVE.test(visible(text).replaceAll('\r\n', '\n')) &&
        !/\p{Cc}/u.test(visibleLine(text)) &&
        isDeepStrictEqual(JSON.parse(visible(json)), JSON.parse(json))
      )
    })
    check('escape', 'nothing that a terminal acts on is shown, and JSON means the same', property)
  })

  it('for HTML and Markdown', () => {
    const property = fc.property(wildText, (text) => {
      const page = html`<i title="${text}">${text}</i>`.text
      const [, inAttribute = '', inElement = ''] = /^<i title="(.*)">(.*)<\/i>$/s.exec(page) ?? []
      const cell = code(text)
      return (
        inAttribute === inElement &&
        !/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(inElement) &&
        // Code in back quotes, or a tag whose text has nothing that ends it or that Markdown knows.
        /^(|`[^`\n\r|]+`|<code>[^<>`\n\r|*_[\]@]+<\/code>)$/u.test(cell)
      )
    })
    check('escape', 'no markup comes through', property)
  })
})

const table = BUILT_IN.rhel
const dated = versionText.map((text): DatedVersion | undefined => {
  const version = readVersion(text)
  const rhel = version && inferRhel(table, version)
  if (version === undefined || rhel === undefined) return undefined
  return { ...version, rhel, ocp: version.ocp ?? { major: 4, minor: 18 } }
})

describe('the order', () => {
  it('of versions', () => {
    const property = fc.property(dated, dated, dated, (a, b, c) => {
      if (!a || !b || !c) return true
      const sign = (x: DatedVersion, y: DatedVersion) => Math.sign(compareVersions(x, y))
      const [low, middle, high] = [a, b, c].sort(compareVersions)
      return (
        sign(a, b) === -sign(b, a) &&
        sign(a, a) === 0 &&
        !!low &&
        !!middle &&
        !!high &&
        sign(low, middle) <= 0 &&
        sign(middle, high) <= 0 &&
        sign(low, high) <= 0 &&
        (compareMajorMinor(a.rhel, b.rhel) === 0 ||
          sign(a, b) === Math.sign(compareMajorMinor(a.rhel, b.rhel)) ||
          compareMajorMinor(a.ocp, b.ocp) !== 0)
      )
    })
    check('order', 'of versions is total', property)
  })

  it('of names', () => {
    const name = fc.oneof(versionText, fc.stringMatching(/^[a-z0-9._-]{0,8}$/))
    const property = fc.property(name, name, name, (a, b, c) => {
      const [low = '', middle = '', high = ''] = [a, b, c].sort(compareAsNumbers)
      return (
        Math.sign(compareAsNumbers(a, b)) === -Math.sign(compareAsNumbers(b, a)) &&
        (compareAsNumbers(a, b) === 0) === (a === b) &&
        compareAsNumbers(low, middle) <= 0 &&
        compareAsNumbers(low, high) <= 0
      )
    })
    check('order', 'of names with numbers in them is total', property)
  })
})

describe('the selection', () => {
  const slot: Slot = {
    cloud: 'azure',
    plan: 'no-purchase-plan',
    architecture: 'x86_64',
    generation: 2,
  }
  const wanted = fc
    .constantFrom('418.94.202410090804-0', '417.94.202407010000-0', '9.6.20251015-1')
    .map((text): Wanted => {
      const release = readRelease(text)
      const ocp = release?.ocp ?? readMajorMinor('4.19')
      if (!release || !ocp) throw new Error(text)
      return { text, release, ocp }
    })

  it('keeps its promises', () => {
    const property = fc.property(
      images,
      wanted,
      fc.constantFrom('any', 'exact', 'not-newer'),
      fc.infiniteStream(fc.nat()),
      (list, slotWanted, requirement, random) => {
        const all = list as unknown as Image[]
        const chosen = selectImage(slot, slotWanted, all, table, requirement)
        const shuffled = all
          .map((image) => ({ image, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
        const again = selectImage(
          slot,
          slotWanted,
          shuffled.map(({ image }) => image),
          table,
          requirement,
        )
        if (chosen.image?.version !== again.image?.version || chosen.grade !== again.grade)
          return false
        if (chosen.candidates.length !== all.length) return false
        const eligible = chosen.candidates.filter(({ refused }) => refused === undefined)
        if (chosen.image === undefined) return eligible.length === 0
        const version = readVersion(chosen.image.version)
        const rhel = version && inferRhel(table, version)
        if (!version || !rhel) return false
        return (
          all.includes(chosen.image) &&
          chosen.image.state !== 'deprecated' &&
          chosen.image.state !== 'unavailable' &&
          compareMajorMinor(version.ocp ?? slotWanted.ocp, slotWanted.ocp) <= 0 &&
          compareMajorMinor(rhel, slotWanted.release.rhel) <= 0 &&
          (chosen.grade === 'exact' || eligible.every(({ grade }) => grade !== 'exact')) &&
          (requirement !== 'exact' || chosen.grade === 'exact') &&
          (requirement !== 'not-newer' || chosen.grade !== 'newer-build')
        )
      },
    )
    check('selection', 'never later, never deprecated, exact first, whatever the order', property)
  })
})

describe('scrubbing', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9~._+=/&"<-]{12,40}$/).map((text) => `pl4nted${text}`)
  const place = fc.constantFrom(
    'id',
    'location',
    'tags',
    'type',
    'key',
    'property',
    'replicaType',
    'replicaCount',
    'state',
    'option',
    'message',
    'header',
    'query',
  )
  const listed = fc.array(
    fc.record({
      name: fc.constantFrom('418.94.20250122', '4.18.2025031114', '9.6.20251015', 'latest', '1.2'),
      architecture: fc.constantFrom('x64', 'Arm64'),
      hyperVGeneration: fc.constantFrom('V1', 'V2'),
      imageState: fc.constantFrom('Active', 'ScheduledForDeprecation', 'Deprecated'),
    }),
    { minLength: 1, maxLength: 4 },
  )

  it('of answers', () => {
    const property = fc.property(
      listed,
      secret,
      place,
      fc.nat({ max: 3 }),
      (list, planted, where, at) => {
        const response = list.map(({ name, imageState, ...properties }, index) => {
          const here = index === at % list.length
          const put = (name: string, value: unknown) => (here && where === name ? value : undefined)
          return {
            name,
            location: put('location', planted) ?? 'eastus',
            id: put('id', `/Subscriptions/${planted}/Skus/${planted}`),
            type: put('type', planted),
            tags: put('tags', { a: [planted] }),
            ...(here && where === 'key' && { [planted]: planted }),
            properties: {
              ...properties,
              replicaType: put('replicaType', planted) ?? 'Managed',
              replicaCount: put('replicaCount', planted) ?? 10,
              other: put('property', { deep: planted }),
              imageDeprecationStatus: {
                imageState,
                scheduledDeprecationTime: put('state', planted),
                alternativeOption: put('option', { type: planted, value: planted }),
              },
            },
          }
        })
        const path =
          '/subscriptions/20000000-bbbb-4bbb-8bbb-123456789002/providers/Microsoft.Compute/locations/eastus/publishers/p/artifacttypes/vmimage/offers/o/skus/s/versions'
        const kept = recordAzure(
          {
            scope: 'https://h:443',
            method: 'GET',
            path: `${path}?${where === 'query' ? `$filter=${encodeURIComponent(planted)}&` : ''}api-version=1`,
            status: where === 'message' ? 404 : 200,
            rawHeaders: { 'x-planted': planted },
            response: (where === 'message'
              ? { error: { code: planted, message: planted } }
              : JSON.parse(JSON.stringify(response))) as never,
          },
          'https://h:443',
          'https://management.azure.com:443',
        )
        const text = JSON.stringify(kept ?? '')
        if (
          text.includes(planted) ||
          text.includes('20000000') ||
          findSecret(text, [planted]) !== undefined
        ) {
          // A query is the tool's own question, made from the criteria: nothing foreign is in one.
          return where === 'query'
        }
        if (where === 'message') return kept?.status === 404
        if (kept === undefined) return where === 'query'
        const lost = (
          kept.response as unknown as { name: string; properties: Record<string, unknown> }[]
        ).map(({ name, properties: { imageDeprecationStatus, ...rest } }) => ({
          name,
          ...rest,
          imageState: (imageDeprecationStatus as { imageState: string }).imageState,
        }))
        return isDeepStrictEqual(
          lost,
          list.map((each) => ({ ...each })),
        )
      },
    )
    check('scrub', 'no planted secret is kept, and nothing that is needed is lost', property)
  })

  it('is checked', () => {
    const encode = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => JSON.stringify(text),
      (text) => encodeURIComponent(text),
      (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(text).toString('base64url'),
      (text) => Buffer.from(text).toString('hex').toUpperCase(),
    )
    const around = fc.string({ maxLength: 9 })
    const property = fc.property(
      secret,
      around,
      around,
      encode,
      (known, before, after, encoded) =>
        findSecret(encoded(`${before}${known}${after}`), [known]) !== undefined,
    )
    check('scrub', 'a known secret is found in every encoding', property)
  })
})

describe('the difference of two snapshots', () => {
  it('applied to one gives the other', () => {
    const property = fc.property(images, images, (before, after) => {
      const [a, b] = [snapshotOf(before), snapshotOf(after)]
      const { changes } = compareStreams('s', { snapshot: a }, { snapshot: b })
      const key = (image: object) => identityOf('azure', image)
      const found = new Map((a.images.azure ?? []).map((image) => [key(image), image as object]))
      for (const { before: old, after: fresh } of ofKinds(changes, 'listing')) {
        const [from, to] = [old, fresh].map((item) =>
          item?.subject.kind === 'listing' ? item.subject.image : undefined,
        )
        if (from && !found.delete(key(from))) return false
        if (to && found.has(key(to))) return false
        if (to) found.set(key(to), to)
      }
      const same = isDeepStrictEqual(sortImages('azure', [...found.values()]), b.images.azure)
      return (
        same &&
        compareStreams('s', { snapshot: a }, { snapshot: a }).changes.length === 0 &&
        (changes.length === 0) === isDeepStrictEqual(a.images, b.images)
      )
    })
    check('diff', 'applied to A it gives B', property)
  })
})
