import { compareMajorMinor, type MajorMinor, readMajorMinor } from '../versions/major-minor.ts'
import { ocpVersionsForRhel, type RhelTable } from '../versions/rhel.ts'
import { readRelease } from '../versions/version.ts'

/** Where each distribution's builds are served. */
export const BUILD_SERVERS = {
  rhcos: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams',
  fcos: 'https://builds.coreos.fedoraproject.org/prod/streams',
} as const

/** What is known of a stream's OCP minor before anybody is asked. */
export interface OcpClues {
  /** The stream's name, which is often stale. */
  readonly name: string
  /** As far as they are known; a release is never stale. */
  readonly releases: readonly string[]
  /** What the snapshot was captured for. */
  readonly captured?: MajorMinor | undefined
}

/**
 * The OCP minors that a stream may be of; one is an answer, none is no clue. What the releases tell,
 * the latest of them; else, among the minors whose RHEL is the releases', the only one, the one that
 * the snapshot was captured for, or the one that the name carries (`4.18-9.4`, `rhcos-4.18`). A name
 * that its RHEL belies is not believed.
 */
export function ocpCandidates(clues: OcpClues, table: RhelTable): MajorMinor[] {
  const { name, releases, captured } = clues
  const read = releases.flatMap((release) => readRelease(release) ?? [])
  const told = read.flatMap(({ ocp }) => ocp ?? []).sort(compareMajorMinor)
  const last = told.at(-1)
  if (last !== undefined) return [last]
  const inName = minorInName(name)
  const guesses = [captured, inName].filter((each) => each !== undefined)
  const rhel = read
    .map((each) => each.rhel)
    .sort(compareMajorMinor)
    .at(-1)
  const fitting = rhel === undefined ? [] : ocpVersionsForRhel(table, rhel)
  if (fitting.length === 0) return guesses.slice(0, 1)
  if (fitting.length === 1) return fitting
  const isFitting = (guess: MajorMinor) =>
    fitting.some((each) => compareMajorMinor(each, guess) === 0)
  const guess = guesses.find(isFitting)
  return guess === undefined ? fitting : [guess]
}

function minorInName(name: string): MajorMinor | undefined {
  const text = /^(?:rhcos-)?([0-9]+\.[0-9]+)(?:-[0-9.]+)?$/.exec(name)?.[1]
  return text === undefined ? undefined : readMajorMinor(text)
}

/** Whose build server a URL is; rhcos where it is nobody's that is known. */
export function inferDistro(url: string | undefined): keyof typeof BUILD_SERVERS {
  return url === BUILD_SERVERS.fcos ? 'fcos' : 'rhcos'
}
