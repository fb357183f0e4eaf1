import { describe, expect, it } from 'vitest'
import { readStream, type Stream } from '../../../src/core/stream/stream.ts'

const AZURE = { 'no-purchase-plan': { publisher: 'azureopenshift', version: '418.94.20250122' } }

const TEXT = `{
  "stream": "rhcos-4.18",
  "metadata": {
    "last-modified": "2025-01-22T00:00:00Z"
  },
  "architectures": {
    "s390x": {
      "artifacts": {
        "qemu": {
          "release": "1",
          "formats": {}
        }
      }
    },
    "x86_64": {
      "artifacts": {
        "aws": {
          "release": "1",
          "formats": {}
        },
        "metal": {
          "release": "2",
          "formats": {}
        },
        "moon": { "release": "3" }
      },
      "images": {},
      "rhel-coreos-extensions": {
        "azure-disk": {
          "release": "2",
          "url": "https://x/?a&b"
        },
        "azure-marketplace": {
          "no-purchase-plan": {
            "publisher": "azureopenshift",
            "version": "418.94.20250122"
          }
        }
      }
    }
  }
}
`
const METAL = { metal: { release: '2', formats: {} } }
const stream = () => readStream(TEXT, 'rhcos.json')

/** Returns the removed and added lines. */
const changes = (before: string, after: Stream) => {
  const old = before.split('\n')
  const lines = after.print().split('\n')
  return {
    removed: old.filter((line) => !lines.includes(line)),
    added: lines.filter((line) => !old.includes(line)),
  }
}

describe('readStream', () => {
  it('reads the name, architectures, metadata and extensions', () => {
    expect(stream().name).toBe('rhcos-4.18')
    expect(stream().architectures()).toEqual(['s390x', 'x86_64'])
    expect(stream().metadata()).toEqual({
      lastModified: '2025-01-22T00:00:00Z',
      generator: undefined,
    })
    expect(stream().extension('x86_64', 'azure-marketplace')).toEqual(AZURE)
    expect(stream().extension('x86_64', 'marketplace')).toBeUndefined()
    expect(stream().extension('s390x', 'marketplace')).toBeUndefined()
    expect(stream().extension('riscv64', 'marketplace')).toBeUndefined()
    expect(stream().architecture('s390x')).toEqual({
      artifacts: { qemu: { release: '1', formats: {} } },
    })
  })

  it('reads the release of metal, or else the first release', () => {
    expect(stream().release('x86_64')).toBe('2')
    expect(stream().release('s390x')).toBe('1')
    expect(stream().release('riscv64')).toBeUndefined()
  })

  it.each([
    ['[]', 'f: .: expected an object, found an array'],
    ['{}', 'f: not a CoreOS stream: expected the keys "stream" and "architectures"'],
    [
      '{"name": "x", "version": 1, "type": 2, "a": 3, "b\\u001b": 4}',
      'f: not a CoreOS stream: expected the keys "stream" and "architectures"',
    ],
    ['{"stream": "x"}', 'f: .architectures: expected an object, found nothing'],
    ['{"architectures": {}}', 'f: .stream: expected a string, found nothing'],
    ['{"stream": 5, "architectures": {}}', 'f: .stream: expected a string, found a number'],
    ['{"stream": "x", "architectures": null}', 'f: .architectures: expected an object, found null'],
    [
      '{"stream": "x", "architectures": {"x86_64": {"artifacts": "y"}}}',
      'f: .architectures.x86_64.artifacts: expected an object, found a string',
    ],
    [
      '{"stream": "x", "architectures": {"a\\u001b[31mb": {"rhel-coreos-extensions": 1}}}',
      'f: .architectures["a\\u001b[31mb"].rhel-coreos-extensions: expected an object, found a number',
    ],
    ['{"stream": }', 'f:1:12: expected a value, found }'],
  ])('refuses %s', (text, message) => {
    expect(() => readStream(text, 'f')).toThrow(expect.objectContaining({ message }))
  })

  it('refuses a release that is not a string only when the release is read', () => {
    const text = '{"stream": "x", "architectures": {"a": {"artifacts": {"metal": {"release": 5}}}}}'
    expect(() => readStream(text, 'f').release('a')).toThrow(
      'f: .architectures.a.artifacts.metal.release: expected a string, found a number',
    )
  })
})

describe('a change', () => {
  it('of the metadata adds the generator at the end', () => {
    const next = stream().withMetadata({ lastModified: '2025-02-01T00:00:00Z', generator: 'x <1>' })
    expect(changes(TEXT, next)).toEqual({
      removed: ['    "last-modified": "2025-01-22T00:00:00Z"'],
      added: [
        '    "last-modified": "2025-02-01T00:00:00Z",',
        '    "generator": "x \\u003c1\\u003e"',
      ],
    })
  })

  it('of an architecture keeps its marketplace images and unknown platforms', () => {
    const next = stream().withArchitecture('x86_64', {
      artifacts: METAL,
      images: { gcp: { release: '2', project: 'p', name: 'n' } },
    })
    expect(next.architecture('x86_64')).toEqual({
      artifacts: { ...METAL, moon: { release: '3' } },
      images: { gcp: { release: '2', project: 'p', name: 'n' } },
      'rhel-coreos-extensions': { 'azure-marketplace': AZURE },
    })
    expect(next.print()).toContain('        "moon": { "release": "3" }\n')
    expect(next.architecture('s390x')).toEqual(stream().architecture('s390x'))
  })

  it('of an architecture ignores marketplace images of a build', () => {
    const extensions = { 'azure-marketplace': {}, marketplace: {} }
    const content = { artifacts: METAL, images: {}, 'rhel-coreos-extensions': extensions }
    const next = stream().withArchitecture('x86_64', content).withArchitecture('a', content)
    expect(next.extension('x86_64', 'azure-marketplace')).toEqual(AZURE)
    expect(next.architecture('a')).toEqual({ artifacts: METAL, images: {} })
  })

  it('of an architecture inserts the disk before existing marketplace images', () => {
    const start = stream().withArchitecture('x86_64', { artifacts: METAL, images: {} })
    const next = start.withArchitecture('x86_64', {
      artifacts: METAL,
      images: {},
      'rhel-coreos-extensions': { 'azure-disk': { release: '2', url: 'u' } },
    })
    const extensions = next.architecture('x86_64')?.['rhel-coreos-extensions']
    expect(Object.keys(extensions ?? {})).toEqual(['azure-disk', 'azure-marketplace'])
  })

  it('of marketplace keys keeps their order, and creates missing extensions', () => {
    const next = stream()
      .withExtension('s390x', 'marketplace', { azure: {} })
      .withExtension('s390x', 'aws-marketplace', { ocp: {} })
      .withExtension('s390x', 'azure-marketplace', AZURE)
    expect(next.print()).toContain(`      "rhel-coreos-extensions": {
        "azure-marketplace": {
          "no-purchase-plan": {
            "publisher": "azureopenshift",
            "version": "418.94.20250122"
          }
        },
        "aws-marketplace": {
          "ocp": {}
        },
        "marketplace": {
          "azure": {}
        }
      }
    },
    "x86_64": {`)
    const back = next
      .withExtension('s390x', 'azure-marketplace', undefined)
      .withExtension('s390x', 'aws-marketplace', undefined)
      .withExtension('s390x', 'marketplace', undefined)
    expect(back.print()).toBe(TEXT)
  })

  it('of a marketplace key replaces all members below it', () => {
    const text =
      '{"stream":"x","architectures":{"a":{"rhel-coreos-extensions":{"marketplace":{"old":1,"azure":{"x":1.0}}}}}}'
    const next = readStream(text, 'f').withExtension('a', 'marketplace', {
      azure: { x: 1 },
      aws: {},
    })
    expect(next.print()).toBe(
      text.replace('{"old":1,"azure":{"x":1.0}}', '{"azure":{"x":1.0},"aws":{}}'),
    )
  })

  it('of a marketplace key keeps empty extensions, but removes extensions that become empty', () => {
    const text = '{"stream":"x","architectures":{"a":{"rhel-coreos-extensions":{}}}}'
    const before = readStream(text, 'f')
    expect(before.withExtension('a', 'marketplace', undefined).print()).toBe(text)
    const emptied = before
      .withExtension('a', 'marketplace', {})
      .withExtension('a', 'marketplace', undefined)
    expect(emptied.architecture('a')).toEqual({})
  })

  it('of a marketplace key requires the architecture', () => {
    expect(() => stream().withExtension('riscv64', 'marketplace', {})).toThrow(
      'rhcos.json: .architectures.riscv64: expected an object, found nothing',
    )
  })
})
