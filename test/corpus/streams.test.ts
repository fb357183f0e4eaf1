import { describe, expect, it } from 'vitest'
import type { JsonRecord } from '../../src/core/json/document.ts'
import { type ArchitectureContent, emptyStream, readStream } from '../../src/core/stream/stream.ts'
import { publishedStream, publishedStreams } from '../support/corpus.ts'

/** Reverses the order of keys, because the printed order must not depend on the value. */
const reversed = (value: JsonRecord): JsonRecord =>
  Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [
        key,
        typeof item === 'object' && item !== null ? reversed(item as JsonRecord) : item,
      ]),
  )

it('has all published streams', () => {
  expect(publishedStreams).toHaveLength(58)
})

describe.each(publishedStreams)('%s', (file) => {
  const text = publishedStream(file)
  const stream = readStream(text, file)
  const content = (arch: string) =>
    reversed(stream.architecture(arch) ?? {}) as JsonRecord & ArchitectureContent

  it('is unchanged byte for byte if its content is set again', () => {
    const same = stream
      .architectures()
      .reduce((it, arch) => it.withArchitecture(arch, content(arch)), stream)
      .withMetadata(stream.metadata())
    expect(same.print()).toBe(text)
  })

  it('is printed byte for byte from its values without a target', () => {
    const rebuilt = stream
      .architectures()
      .reduce(
        (it, arch) =>
          it
            .withArchitecture(arch, content(arch))
            .withExtension(arch, 'marketplace', stream.extension(arch, 'marketplace')),
        emptyStream(stream.name),
      )
      .withMetadata(stream.metadata())
      .print()
    const fourSpaces = text.startsWith('{\n    "')
    const expected = fourSpaces
      ? text.replace(/^ +/gm, (spaces) => spaces.slice(spaces.length / 2))
      : text
    expect(rebuilt.trimEnd()).toBe(expected.trimEnd())
  })

  it('is unchanged byte for byte if its content is removed and added again', () => {
    const emptied = stream
      .architectures()
      .reduce((it, arch) => it.withArchitecture(arch, { artifacts: {}, images: {} }), stream)
      .withMetadata({ lastModified: 'then', generator: 'g' })
    const filled = stream
      .architectures()
      .reduce((it, arch) => it.withArchitecture(arch, content(arch)), emptied)
      .withMetadata(stream.metadata())
    expect(filled.print()).toBe(text)
  })
})
