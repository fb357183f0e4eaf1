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
import { mergeNode } from '../stream/merge.ts'
import { WHOLE } from '../stream/schema.ts'

/**
 * A file of marketplace images alone, as openshift/installer keeps it:
 * `{ ARCH: { CLOUD: … } }` in the layout of stream-metadata, indented by four spaces.
 */
export class MarketplaceFile {
  readonly #document: JsonDocument | undefined
  readonly #value: JsonRecord

  private constructor(document: JsonDocument | undefined, value: JsonRecord) {
    this.#document = document
    this.#value = value
  }

  /** @param text undefined for a file that is not there yet */
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

  cloud(arch: string, cloud: string): JsonValue | undefined {
    const clouds = this.#value[arch]
    return isRecord(clouds) ? clouds[cloud] : undefined
  }

  /** All that the file has for an architecture. */
  architecture(arch: string): JsonRecord | undefined {
    const clouds = this.#value[arch]
    return isRecord(clouds) ? clouds : undefined
  }

  /** With a cloud's images for an architecture, or without them for undefined. */
  withCloud(arch: string, cloud: string, tree: JsonRecord | undefined): MarketplaceFile {
    const old = this.#value[arch]
    const clouds = Object.fromEntries(
      Object.entries({ ...(isRecord(old) ? old : {}), [cloud]: tree }).filter(
        ([, each]) => each !== undefined,
      ),
    )
    const kept = Object.keys(clouds).length > 0 ? clouds : undefined
    const all = Object.entries({ ...this.#value, [arch]: kept })
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
