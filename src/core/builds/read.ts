import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { isRecord } from '../json/document.ts'
import { type Allowed, prune } from '../json/prune.ts'
import { ARCHITECTURES, type Build, isArchitecture } from '../snapshot/snapshot.ts'
import {
  ARTIFACT_RULES,
  type ImageRule,
  OTHER_ARTIFACTS,
  OTHER_KEYS,
  PLATFORM_RULES,
} from '../stream/platforms.ts'
import { buildFolder, isRelease, type StreamPlace, type WantedBuild } from './locate.ts'
import { translate } from './translate.ts'

export type ReadBuild = ReturnType<typeof readBuild>

export function readBuild(meta: unknown, wanted: WantedBuild, place: StreamPlace) {
  if (!isRecord(meta)) throw new InputError('not a meta.json: .: expected an object')
  const architecture = identify(meta, 'coreos-assembler.basearch', wanted.architecture)
  const release = identify(meta, 'buildid', wanted.release)
  if (!isArchitecture(architecture)) {
    throw new InputError(
      `.coreos-assembler.basearch: expected ${ARCHITECTURES.join(', ')}, found ${printable(architecture)}`,
    )
  }
  if (!isRelease(release)) {
    throw new InputError(`.buildid: expected a build ID, found ${printable(release)}`)
  }
  const location = wanted.location ?? buildFolder(place, architecture, release)
  // Reports invalid parts, which `prune` would remove.
  translate(architecture, { release, location, meta }, false)
  const build: Build = { release, location, meta: prune(meta, SHOWN_META) as Build['meta'] }
  return { architecture, build, unknown: unknownPlatforms(meta) }
}

function identify(
  meta: Readonly<Record<string, unknown>>,
  key: string,
  wanted: string | undefined,
): string {
  const found = meta[key]
  if (typeof found !== 'string') {
    throw new InputError(`not a meta.json: .${key}: expected a string, found nothing`)
  }
  if (wanted !== undefined && found !== wanted) {
    throw new InputError(
      `.${key}: expected ${wanted}, found ${isRelease(found) ? found : printable(found)}`,
    )
  }
  return found
}

const ARTIFACT = { path: 'scalar', sha256: 'scalar', 'uncompressed-sha256': 'scalar' } as const

const RULES: readonly ImageRule[] = Object.values(PLATFORM_RULES).flatMap(({ images, extension }) =>
  [images ?? [], extension ?? []].flat(),
)

const SHOWN_KEYS: readonly string[] = RULES.map(({ from }) => from)

/** The fields of meta.json in a snapshot: those that a stream contains. */
const SHOWN_META: Readonly<Record<string, Allowed>> = {
  images: Object.fromEntries(Object.keys(ARTIFACT_RULES).map((name) => [name, ARTIFACT])),
  ...Object.fromEntries(RULES.map((rule) => [rule.from, shownFields(rule)])),
}

/** The fields of meta.json in a recording. */
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

/** Reports new platforms, so that they are not lost silently. */
function unknownPlatforms(meta: Readonly<Record<string, unknown>>): string[] {
  const artifacts = isRecord(meta.images) ? Object.keys(meta.images) : []
  const keys = Object.keys(meta).filter(
    (key) => typeof meta[key] === 'object' && meta[key] !== null && !key.includes('.'),
  )
  return [
    ...artifacts
      .filter((name) => !Object.hasOwn(ARTIFACT_RULES, name) && !OTHER_ARTIFACTS.includes(name))
      .map((name) => `images.${printable(name)}`),
    ...keys.filter((key) => !SHOWN_KEYS.includes(key) && !OTHER_KEYS.includes(key)).map(printable),
  ].sort()
}
