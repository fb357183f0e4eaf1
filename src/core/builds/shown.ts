import type { Allowed } from '../json/prune.ts'
import { ARTIFACT_RULES, type ImageRule, PLATFORM_RULES } from '../stream/platforms.ts'

const ARTIFACT = { path: 'scalar', sha256: 'scalar', 'uncompressed-sha256': 'scalar' } as const

const RULES: readonly ImageRule[] = Object.values(PLATFORM_RULES).flatMap(({ images, extension }) =>
  [images ?? [], extension ?? []].flat(),
)

/** The keys at the top of meta.json that a stream shows, besides `images`. */
export const SHOWN_KEYS: readonly string[] = RULES.map(({ from }) => from)

/** The fields of a meta.json that a stream shows: what a snapshot keeps of it. */
export const SHOWN_META: Readonly<Record<string, Allowed>> = {
  images: Object.fromEntries(Object.keys(ARTIFACT_RULES).map((name) => [name, ARTIFACT])),
  ...Object.fromEntries(RULES.map((rule) => [rule.from, shownOf(rule)])),
}

/** The same and what tells whose it is: what a recording keeps. */
export const RECORDED_META: Readonly<Record<string, Allowed>> = {
  ...SHOWN_META,
  buildid: 'scalar',
  'coreos-assembler.basearch': 'scalar',
}

function shownOf({ region, members, reads = {} }: ImageRule): Allowed {
  const copied = Object.values(members).filter((member) => typeof member === 'string')
  const names = region === undefined ? copied : [region, ...copied]
  const each = { ...Object.fromEntries(names.map((name) => [name, 'scalar' as const])), ...reads }
  return region === undefined ? each : [each]
}
