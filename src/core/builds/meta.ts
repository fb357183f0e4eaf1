import { printable } from '../../printable.ts'
import type { Allowed } from '../json/prune.ts'
import {
  ARTIFACT_RULES,
  type ImageRule,
  OTHER_ARTIFACTS,
  OTHER_KEYS,
  PLATFORM_RULES,
} from '../stream/platforms.ts'

const ARTIFACT = { path: 'scalar', sha256: 'scalar', 'uncompressed-sha256': 'scalar' } as const

const RULES: readonly ImageRule[] = Object.values(PLATFORM_RULES).flatMap(({ images, extension }) =>
  [images ?? [], extension ?? []].flat(),
)

/** The top-level keys of meta.json that a stream shows, besides `images`. */
const SHOWN_KEYS: readonly string[] = RULES.map(({ from }) => from)

/** The fields of meta.json that a stream shows; a snapshot has these. */
export const SHOWN_META: Readonly<Record<string, Allowed>> = {
  images: Object.fromEntries(Object.keys(ARTIFACT_RULES).map((name) => [name, ARTIFACT])),
  ...Object.fromEntries(RULES.map((rule) => [rule.from, shownFields(rule)])),
}

/** The same and the build's id and architecture; a recording has these. */
export const RECORDED_META: Readonly<Record<string, Allowed>> = {
  ...SHOWN_META,
  buildid: 'scalar',
  'coreos-assembler.basearch': 'scalar',
}

function shownFields({ region, members, reads = {} }: ImageRule): Allowed {
  const copied = Object.values(members).filter((member) => typeof member === 'string')
  const names = region === undefined ? copied : [region, ...copied]
  const each = { ...Object.fromEntries(names.map((name) => [name, 'scalar' as const])), ...reads }
  return region === undefined ? each : [each]
}

/** The platforms of a meta.json that are unknown here, so that a new platform is not lost silently. */
export function unknownPlatforms(meta: Readonly<Record<string, unknown>>): string[] {
  const { images } = meta
  const artifacts = isContainer(images) ? Object.keys(images) : []
  const keys = Object.keys(meta).filter((key) => isContainer(meta[key]) && !key.includes('.'))
  return [
    ...artifacts
      .filter((name) => !Object.hasOwn(ARTIFACT_RULES, name) && !OTHER_ARTIFACTS.includes(name))
      .map((name) => `images.${printable(name)}`),
    ...keys.filter((key) => !SHOWN_KEYS.includes(key) && !OTHER_KEYS.includes(key)).map(printable),
  ].sort()
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
