import { compareMinors, type Minor, readMinor } from '../versions/minor.ts'
import { ocpsOfRhel, type RhelTable } from '../versions/rhel.ts'
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
  readonly captured?: Minor | undefined
}

/**
 * The OCP minors that a stream may be of; one is an answer, none is no clue. What the releases tell,
 * the latest of them; else, among the minors whose RHEL is the releases', the only one, the one that
 * the snapshot was captured for, or the one that the name carries (`4.18-9.4`, `rhcos-4.18`). A name
 * that its RHEL belies is not believed.
 */
export function ocpMinorsOf(clues: OcpClues, table: RhelTable): Minor[] {
  const { name, releases, captured } = clues
  const read = releases.flatMap((release) => readRelease(release) ?? [])
  const told = read.flatMap(({ ocp }) => ocp ?? []).sort(compareMinors)
  const last = told.at(-1)
  if (last !== undefined) return [last]
  const inName = minorInName(name)
  const guesses = [captured, inName].filter((each) => each !== undefined)
  const rhel = read
    .map((each) => each.rhel)
    .sort(compareMinors)
    .at(-1)
  const fitting = rhel === undefined ? [] : ocpsOfRhel(table, rhel)
  if (fitting.length === 0) return guesses.slice(0, 1)
  if (fitting.length === 1) return fitting
  const isFitting = (guess: Minor) => fitting.some((each) => compareMinors(each, guess) === 0)
  const guess = guesses.find(isFitting)
  return guess === undefined ? fitting : [guess]
}

function minorInName(name: string): Minor | undefined {
  const text = /^(?:rhcos-)?([0-9]+\.[0-9]+)(?:-[0-9.]+)?$/.exec(name)?.[1]
  return text === undefined ? undefined : readMinor(text)
}

/** Whose build server a URL is; rhcos where it is nobody's that is known. */
export function distroOf(url: string | undefined): keyof typeof BUILD_SERVERS {
  return url === BUILD_SERVERS.fcos ? 'fcos' : 'rhcos'
}
