import { InputError } from '../../errors.ts'
import {
  fromValue,
  isRecord,
  type JsonDocument,
  type JsonRecord,
  type JsonValue,
  parseDocument,
  printDocument,
  toValue,
} from '../json/document.ts'
import type { ImageFile } from './marketplace.ts'
import { mergeNode } from './merge.ts'
import { WHOLE } from './schema.ts'

/**
 * A marketplace file, as openshift/installer keeps it: `{ ARCH: { CLOUD: … } }`, for each
 * architecture what a stream has under `marketplace`, indented by four spaces.
 */
export class MarketplaceFile implements ImageFile<MarketplaceFile> {
  readonly name = ''
  readonly #document: JsonDocument | undefined
  readonly #value: JsonRecord

  private constructor(document: JsonDocument | undefined, value: JsonRecord) {
    this.#document = document
    this.#value = value
  }

  /** @param text undefined for a file that does not exist yet */
  static read(text: string | undefined, file: string): MarketplaceFile {
    if (text === undefined) return new MarketplaceFile(undefined, {})
    const document = parseDocument(text, file)
    const value = toValue(document.root)
    if (!isRecord(value) || !Object.values(value).every(isRecord)) {
      throw new InputError(
        `${file}: not a marketplace file: expected { ARCHITECTURE: { CLOUD: … } }`,
      )
    }
    return new MarketplaceFile(document, value)
  }

  architectures(): string[] {
    return Object.keys(this.#value)
  }

  release(_arch: string): undefined {}

  extension(arch: string, key: string): JsonRecord | undefined {
    const clouds = key === 'marketplace' ? this.#value[arch] : undefined
    return isRecord(clouds) ? clouds : undefined
  }

  /**
   * Sorts architectures by name, and removes one without images.
   *
   * @throws Error for a key that a marketplace file does not have
   */
  withExtension(arch: string, key: string, value: JsonValue | undefined): MarketplaceFile {
    if (key !== 'marketplace') throw new Error(`a marketplace file has no ${key}`)
    const all = Object.entries({ ...this.#value, [arch]: value })
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return new MarketplaceFile(this.#document, Object.fromEntries(all))
  }

  print(): string {
    const root = this.#document
      ? mergeNode(this.#document.root, this.#value, WHOLE)
      : fromValue(this.#value)
    return printDocument({ before: '', after: '\n', indentation: '    ', ...this.#document, root })
  }
}
