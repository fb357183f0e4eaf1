import type { compute_v1 } from '@googleapis/compute'
import type { Criteria, GcpCriteria } from '../../../core/criteria/criteria.ts'
import type { Architecture, GcpImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import { isGcpName, isState, isTime } from '../../../core/snapshot/values.ts'
import { releaseIn } from '../../../core/versions/release-in.ts'
import { type RhelTable, rhelForOcp } from '../../../core/versions/rhel.ts'
import { readVersion } from '../../../core/versions/version.ts'
import { ServiceError } from '../../../errors.ts'
import { printable } from '../../../printable.ts'
import { knownIn, leftOut, unknownProperty, unknownState } from '../odd.ts'

type Listed = compute_v1.Schema$Image

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  X86_64: 'x86_64',
  ARM64: 'aarch64',
}

/** Of an image as such, and of its deprecation. */
const STATUSES: Readonly<Record<string, ImageState>> = {
  READY: 'active',
  PENDING: 'unavailable',
  FAILED: 'unavailable',
  DELETING: 'unavailable',
}
const DEPRECATIONS: Readonly<Record<string, ImageState>> = {
  ACTIVE: 'active',
  DEPRECATED: 'deprecated',
  OBSOLETE: 'deprecated',
  DELETED: 'deprecated',
}

const NO_ANSWER =
  'A proxy or a login page may stand in between: check HTTPS_PROXY and --gcp-endpoint.'

/** An answer's images. @throws ServiceError for what is no list, such as a proxy's page */
export function readList(answer: compute_v1.Schema$ImageList, question: string): Listed[] {
  const { kind, items: told } = typeof answer === 'object' && answer ? answer : {}
  const items = told ?? []
  const isList = kind === 'compute#imageList' && Array.isArray(items)
  if (!isList || !items.every((each) => typeof each?.name === 'string')) {
    throw new ServiceError(`${question}: the answer is no list of images`, NO_ANSWER)
  }
  return items
}

/** @throws ServiceError for what is not the image that was asked for */
export function readSingle(answer: Listed, name: string): Listed {
  if (answer?.name !== name) {
    throw new ServiceError(`gcp ${name}: the answer is no such image`, NO_ANSWER)
  }
  return answer
}

/**
 * Reads those images that the criteria look for: of each plan the names that begin as it says. An
 * image whose state is a new word is kept, and never chosen.
 *
 * @param note hears of such a state, and of what is left out
 * @throws ServiceError for a property that is not known
 */
export function readImages(
  listed: readonly Listed[],
  { gcp, rhel }: Criteria & { gcp: GcpCriteria },
  note: (text: string) => void,
): GcpImage[] {
  return listed.flatMap((image, at) => {
    const name = image.name ?? ''
    const found = Object.entries(gcp.plans).find(([, { prefix }]) => name.startsWith(prefix))
    if (found === undefined) return []
    if (!isGcpName(name)) {
      note(leftOut(`gcp ${gcp.project}`, `image ${at + 1}`, 'name'))
      return []
    }
    const [plan, { architecture }] = found
    return [{ ...readImage(image, name, architecture, rhel, note), plan, project: gcp.project }]
  })
}

function readImage(
  image: Listed,
  name: string,
  expected: Architecture,
  table: RhelTable,
  note: (text: string) => void,
) {
  const read = <T>(from: Readonly<Record<string, T>>, value: unknown, absent: T): T => {
    if (value === undefined || value === null || value === '') return absent
    const known = knownIn(from, String(value))
    if (known !== undefined) return known
    throw unknownProperty(`gcp image ${name}`, printable(String(value)))
  }
  const stateOf = (from: Readonly<Record<string, ImageState>>, value: unknown): ImageState => {
    if (!isState(value) || Object.hasOwn(from, value)) return read(from, value, 'active')
    note(unknownState('gcp', name, value))
    return 'unknown'
  }
  // Compute's word for an architecture that nobody set.
  const isSet = image.architecture !== 'ARCHITECTURE_UNSPECIFIED'
  const deprecation = deprecationOf(image)
  const states = [stateOf(DEPRECATIONS, image.deprecated?.state), stateOf(STATUSES, image.status)]
  const state = states.find((each) => each !== 'active')
  return {
    architecture: read(ARCHITECTURES, isSet ? image.architecture : undefined, expected),
    ...(deprecation !== undefined && { deprecation }),
    name,
    state: state ?? (deprecation === undefined ? 'active' : 'scheduled-for-deprecation'),
    // A name as a version is refused by selection, which says so.
    version: versionOf(name, String(image.description ?? ''), table) ?? name,
  } as const
}

/** `…-413-x86-64-202305021736`: OCP 4.13 and the time of the build. */
const NAME = /-([0-9])([0-9]{1,2})-[a-z0-9-]+-([0-9]{12})$/

/**
 * The release in form A, its RHEL as the table has it for the OCP minor, or odd where it has none;
 * where the name is of another kind, what the description tells.
 */
export function versionOf(name: string, description: string, table: RhelTable): string | undefined {
  const [, major, minor, stamp] = NAME.exec(name) ?? []
  if (major !== undefined && minor !== undefined) {
    const rhel = rhelForOcp(table, { major: Number(major), minor: Number(minor) })
    const version = `${major}${minor}.${rhel ? `${rhel.major}${rhel.minor}` : '00'}.${stamp}`
    if (readVersion(version)) return version
  }
  return releaseIn(name) ?? releaseIn(description)
}

/** Publishers write these times by hand; what is none is left out. */
function deprecationOf({ deprecated: status }: Listed): string | undefined {
  return [status?.deprecated, status?.obsolete, status?.deleted].find(isTime)
}
