import { CheckFailure, InputError } from '../../errors.ts'
import { counted, listed } from '../../printable.ts'
import { type Change, type Comparison, losses } from '../changes/changes.ts'
import type { SubjectKind } from '../changes/inventory.ts'
import { latestRhel } from '../criteria/ocp-version.ts'
import { groupBy } from '../group.ts'
import type { Requirement, Selection } from '../selection/select.ts'
import { buildReleases, type Snapshot } from '../snapshot/snapshot.ts'
import { getReleases, type Stream } from '../stream/stream.ts'
import {
  compareMajorMinor,
  printMajorMinor,
  readMajorMinor,
  readRelease,
} from '../versions/version.ts'
import type { UnverifiedImages } from './unverified.ts'

export class Loss extends CheckFailure {
  constructor(
    readonly comparison: Comparison,
    readonly selections: readonly Selection[],
    readonly unverified: readonly UnverifiedImages[] = [],
    message = `the target would ${describeLosses(comparison.changes)}`,
  ) {
    super(message, lossRemedy(comparison.changes))
  }
}

const NOUNS = {
  build: 'build',
  artifact: 'artifact',
  image: 'cloud image',
  slot: 'marketplace image',
  cloud: 'cloud',
  listing: 'listed image',
} as const satisfies Partial<Record<SubjectKind, string>>

export function lossNames(changes: readonly Change[], adjective = ''): string[] {
  return [...groupBy(losses(changes), lossNoun)].map(([noun, group]) => {
    // An image in several layouts or files is one image.
    const names = group.map(({ subject }) =>
      JSON.stringify(subject.kind === 'slot' ? subject.slot : subject),
    )
    return counted(new Set(names).size, `${adjective}${noun}`)
  })
}

function lossNoun({ subject }: Change): string {
  if (subject.kind === 'artifact' && subject.file !== undefined) {
    return subject.member ?? subject.file
  }
  return NOUNS[subject.kind as keyof typeof NOUNS]
}

/** `lose 2 cloud images and go back to an earlier build` */
function describeLosses(changes: readonly Change[]): string {
  const lost = losses(changes)
  const removed = lost.filter(({ loss }) => loss === 'removed')
  const older = lost.filter(({ loss, subject }) => loss === 'older' && subject.kind !== 'build')
  const goesBack = lost.length > removed.length + older.length
  return listed([
    ...(removed.length > 0 ? [`lose ${lossNames(removed).join(', ')}`] : []),
    ...(older.length > 0 ? [`get ${lossNames(older, 'older ').join(', ')}`] : []),
    ...(goesBack ? ['go back to an earlier build'] : []),
  ])
}

function lossRemedy(changes: readonly Change[]): string {
  const lost = losses(changes)
  const isRegion = ({ subject, loss }: Change) =>
    loss === 'removed' && subject.kind === 'image' && subject.region !== undefined
  return lost.length > 0 && lost.every(isRegion)
    ? 'Keep these images with --keep-lost, or remove them with --allow-regression.'
    : 'Allow this with --allow-regression.'
}

/** @throws Loss for a target of a later RHEL major version, and for losses */
export function refuseLosses(
  snapshot: Snapshot,
  target: Stream | undefined,
  comparison: Comparison,
  selections: readonly Selection[],
  unverified: readonly UnverifiedImages[],
): void {
  const later = target && describeLaterRhel(snapshot, target)
  if (later === undefined && losses(comparison.changes).length === 0) return
  throw new Loss(comparison, selections, unverified, later)
}

function describeLaterRhel(snapshot: Snapshot, target: Stream): string | undefined {
  const [own, theirs] = [buildReleases(snapshot), getReleases(target)].map((releases) =>
    latestRhel([...releases.values()]),
  )
  return own && theirs && theirs.major > own.major
    ? `the target has RHEL ${printMajorMinor(theirs)}, and the snapshot's builds have RHEL ${printMajorMinor(own)}`
    : undefined
}

export class Unmet extends CheckFailure {
  constructor(
    readonly unmet: readonly Selection[],
    requirement: Requirement,
    setting: string,
    readonly selections: readonly Selection[],
  ) {
    super(
      `${setting.split(' ')[0]} ${requirement}: ${counted(unmet.length, 'slot')} without an image`,
      `Capture again after the images are published, or use a less strict ${setting}; regenerate --explain shows the candidates.`,
    )
  }
}

/** @param setting where users change the requirement, such as `--require` */
export function refuseUnmet(
  selections: readonly Selection[],
  requirement: Requirement,
  setting: string,
): void {
  const unmet = requirement === 'any' ? [] : selections.filter(({ image }) => image === undefined)
  if (unmet.length > 0) throw new Unmet(unmet, requirement, setting, selections)
}

/**
 * @param file the target
 * @throws InputError if the images of a snapshot without builds are for no release of the target
 */
export function refuseOtherRelease(
  snapshot: Snapshot,
  releases: ReadonlyMap<string, string>,
  file = 'FILE',
): void {
  if (Object.keys(snapshot.builds).length > 0 || snapshot.stream.ocp === null) return
  if ([...releases.values()].some((release) => isForRelease(snapshot, release))) return
  const found = [...new Set(releases.values())].join(', ') || 'no release'
  throw new InputError(
    `the snapshot's images are for OCP ${snapshot.stream.ocp}, and the target has ${found}`,
    `Capture a snapshot for this target: stream-snapshot capture new.json --stream ${file}`,
  )
}

function isForRelease({ stream, criteria }: Snapshot, text: string): boolean {
  const [release, ocp] = [readRelease(text), readMajorMinor(stream.ocp ?? '')]
  if (release === undefined || ocp === undefined) return false
  if (release.ocp) return compareMajorMinor(release.ocp, ocp) === 0
  const known = criteria.rhel[printMajorMinor(ocp)]
  return known === undefined || known.includes(printMajorMinor(release.rhel))
}
