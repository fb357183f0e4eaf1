import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonRecord } from '../../src/core/json/document.ts'
import { type ArchitectureContent, emptyStream, readStream } from '../../src/core/stream/stream.ts'

const folder = join(resolve(process.env.CORPUS_DIR ?? '../shared/corpus'), 'streams')
const files = readdirSync(folder).filter((file) => file.endsWith('.json'))

/** Keys in reverse, so that the order of what is printed is the schema's and not the value's. */
const reversed = (value: JsonRecord): JsonRecord =>
  Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [
        key,
        typeof item === 'object' && item !== null ? reversed(item as JsonRecord) : item,
      ]),
  )

it('has all the streams', () => {
  expect(files).toHaveLength(58)
})

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  const stream = readStream(text, file)
  const content = (arch: string) =>
    reversed(stream.architecture(arch) ?? {}) as JsonRecord & ArchitectureContent

  it('comes back byte for byte when it is set to what it has', () => {
    const same = stream
      .architectures()
      .reduce((it, arch) => it.withArchitecture(arch, content(arch)), stream)
      .withMetadata(stream.metadata())
    expect(same.print()).toBe(text)
  })

  it('is what its values give without a target', () => {
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

  it('is emptied and filled again in its own layout', () => {
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
