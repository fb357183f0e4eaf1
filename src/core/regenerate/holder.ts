import { isRecord, type JsonValue } from '../json/document.ts'
import type { Layout } from '../layouts/layout.ts'
import type { CloudName } from '../snapshot/snapshot.ts'
import type { Stream } from '../stream/stream.ts'

/** What a stream has of a cloud in a layout. */
export function holderTree(
  stream: Stream,
  arch: string,
  layout: Layout,
  cloud: CloudName,
): JsonValue | undefined {
  const [key, within] = layout.cloudPath(cloud)
  const value = stream.extension(arch, key)
  return within === undefined ? value : isRecord(value) ? value[within] : undefined
}
