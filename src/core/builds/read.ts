import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { findMismatch, prune } from '../json/prune.ts'
import { ARCHITECTURES, type Architecture, type Build } from '../snapshot/snapshot.ts'
import {
  buildFolder,
  isArchitecture,
  isRelease,
  type StreamPlace,
  type WantedBuild,
} from './locate.ts'
import { RECORDED_META, SHOWN_META, unknownPlatforms } from './meta.ts'
import { translate } from './translate.ts'

/** A build and its architecture, from its meta.json. */
export interface ReadBuild {
  readonly architecture: Architecture
  readonly build: Build
  /** Platforms of it that a stream would have to do without, as `unknownPlatforms` names them. */
  readonly unknown: readonly string[]
}

/**
 * Reads a meta.json, and checks that it is of the requested build and architecture and has everything
 * that a stream shows.
 *
 * @throws InputError that names the field and what was expected
 */
export function readBuild(meta: unknown, wanted: WantedBuild, place: StreamPlace): ReadBuild {
  const mismatch = findMismatch(meta, RECORDED_META)
  if (typeof meta !== 'object' || meta === null || mismatch !== undefined) {
    throw new InputError(`not a meta.json: ${mismatch ?? '.: expected an object'}`)
  }
  const fields = meta as Readonly<Record<string, unknown>>
  const architecture = identify(fields, 'coreos-assembler.basearch', wanted.architecture)
  const release = identify(fields, 'buildid', wanted.release)
  if (!isArchitecture(architecture)) {
    throw new InputError(
      `.coreos-assembler.basearch: expected ${ARCHITECTURES.join(', ')}, found ${printable(architecture)}`,
    )
  }
  if (!isRelease(release)) {
    throw new InputError(`.buildid: expected a build's id, found ${printable(release)}`)
  }
  const build: Build = {
    release,
    location: wanted.location ?? buildFolder(place, architecture, release),
    meta: prune(meta, SHOWN_META) as Build['meta'],
  }
  translate(architecture, build, false)
  return { architecture, build, unknown: unknownPlatforms(fields) }
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
