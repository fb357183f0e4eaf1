import { describe, expect, it } from 'vitest'
import criteria from '../../../src/core/schemas/criteria.schema.json' with { type: 'json' }
import schema from '../../../src/core/schemas/snapshot.schema.json' with { type: 'json' }
import { readSnapshot } from '../../../src/core/snapshot/read.ts'
import {
  isAmiId,
  isAmiName,
  isAwsRegion,
  isAzureVersion,
  isGcpName,
  isStreamName,
  isTime,
} from '../../../src/core/snapshot/values.ts'
import { azureImage, snapshotText } from '../../support/snapshots.ts'

const { definitions } = schema

/** Yields `text`, repetitions of it, and copies with one character inserted or replaced. */
function* variants(text: string): Generator<string> {
  yield text
  for (let length = 1; length <= 140; length += 1) yield text.repeat(140).slice(0, length)
  for (let code = 0; code < 0x300; code += 1) {
    const character = String.fromCharCode(code)
    for (const at of [0, 1, text.length >> 1, text.length - 1]) {
      yield `${text.slice(0, at)}${character}${text.slice(at)}`
      yield `${text.slice(0, at)}${character}${text.slice(at + 1)}`
    }
    yield text + character
  }
}

describe('a captured value', () => {
  it.each([
    ['an AMI ID', isAmiId, definitions.awsImage.properties.image, 'ami-0123456789abcdef0'],
    ['an AMI name', isAmiName, definitions.amiName, "a (b) [c] d./e-f'g@h_i"],
    ['a region', isAwsRegion, criteria.definitions.region, 'us-gov-east-1'],
    ['a Compute Engine name', isGcpName, criteria.definitions.gcpName, 'redhat-coreos-ocp-413'],
    [
      'an Azure version',
      isAzureVersion,
      definitions.azureImage.properties.version,
      '418.94.202410090804-0',
    ],
    ['a time', isTime, definitions.deprecation, '2024-10-20T12:00:00.000+01:00'],
    ['a stream name', isStreamName, schema.properties.stream.properties.name, '4.18-9.4'],
  ])('matches the schema: %s', (_, isKept, definition, sample) => {
    const {
      pattern,
      minLength = 0,
      maxLength = Infinity,
    } = definition as {
      readonly pattern: string
      readonly minLength?: number
      readonly maxLength?: number
    }
    const fits = (text: string) =>
      new RegExp(pattern).test(text) && text.length >= minLength && text.length <= maxLength
    const kept = [...variants(sample)].filter(isKept)
    expect(kept).toContain(sample)
    expect(kept.filter((text) => !fits(text))).toEqual([])
    expect([...variants(sample)].filter((text) => fits(text) && /[^ -~]/.test(text))).toEqual([])
  })
})

describe('a snapshot', () => {
  const ID = '59ead7de-2540-4653-a8b0-fa7926d5c845'
  const aws = {
    architecture: 'x86_64' as const,
    image: 'ami-0123456789abcdef0',
    name: `RHEL-9.4-RHCOS-4.18_HVM_GA-20251119-x86_64-0-${ID}`,
    plan: 'ocp',
    region: 'us-east-1',
    state: 'active' as const,
    version: '4.18.20251119',
  }
  const gcp = {
    architecture: 'x86_64' as const,
    name: 'redhat-coreos-ocp-413-x86-64-202305021736',
    plan: 'ocp',
    project: 'redhat-marketplace-public',
    state: 'active' as const,
    version: '413.92.202305021736',
  }
  const build = {
    release: '418.94.202410090804-0',
    location: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams/x/builds/y/x86_64',
    meta: { amis: [{ name: 'us-east-1', hvm: 'ami-0123456789abcdef0' }] },
  }
  const textWith = (...path: string[]) => {
    const all = structuredClone({
      builds: { x86_64: build },
      images: { aws: [aws], gcp: [gcp] },
      queries: {
        azure: [{ publisher: 'azureopenshift', offer: 'aro4', sku: '418-v2', images: 1 }],
        aws: [{ region: 'us-east-1', images: 1 }],
        gcp: [{ project: 'redhat-marketplace-public', filter: 'name eq "(a|b).*"', images: 1 }],
      },
    })
    const value = path.pop()
    const last = path.pop()
    if (last === undefined) return snapshotText([], all)
    const parent = path.reduce((each: never, step) => each[step as never], all as never)
    Object.assign(parent, { [last]: value })
    return snapshotText([], all)
  }

  it('can have values from all clouds', () => {
    expect(readSnapshot(textWith(), 's.json').images.aws).toHaveLength(1)
  })

  it.each([['ami-0123456789abcdefg'], ['ami-0123456789abcdef0\n']])(
    'is refused with the AMI %j',
    (image) => {
      expect(() => readSnapshot(textWith('images', 'aws', '0', 'image', image), 's.json')).toThrow(
        's.json: .images.aws[0].image: ',
      )
    },
  )

  const MEMBERS = ['publisher', 'offer', 'sku', 'plan', 'version', 'ocp', 'deprecation'] as const
  it.each(MEMBERS)('is refused with a control, invisible or markup character in %s', (member) => {
    for (const odd of ['\n', '\u0000', '\u009b', '\u200b', '\u202e', '\u{e0041}', '\u3164', '|']) {
      const text = snapshotText([azureImage('418-v2', '418.94.20241002', { [member]: `1${odd}` })])
      const { message } = catchError(() => readSnapshot(text, 's.json'))
      expect(message).toMatch(
        /^s\.json: \.images\.azure\[0\]\.[a-z]+: must match pattern "[ -~]+"$/,
      )
    }
  })

  it.each([
    ['images', 'aws', '0', 'region', 'us-east-1\n/approve'],
    ['images', 'aws', '0', 'name', 'a|b|c'],
    ['images', 'aws', '0', 'version', '<b>'],
    ['images', 'gcp', '0', 'name', 'Redhat'],
    ['queries', 'aws', '0', 'region', '@someone'],
    ['queries', 'gcp', '0', 'filter', 'a\u202eb'],
    ['builds', 'x86_64', 'location', 'https://a.example/\u001b'],
    ['builds', 'x86_64', 'meta', 'amis', '0', 'name', 'us-east-1\u200b'],
    ['builds', 'x86_64', 'meta', 'amis', '0', 'na\nme', 'x'],
  ])('is refused with an invalid value: %s.%s.%s.%s %j', (...path) => {
    const { message } = catchError(() => readSnapshot(textWith(...path), 's.json'))
    expect(message).toMatch(
      /^s\.json: \.[a-z0-9_.[\]]+: (must match pattern|must NOT have|property name must be)/,
    )
    expect(message).not.toMatch(/[^ -~]/)
  })
})

function catchError(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
