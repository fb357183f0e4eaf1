import type { compute_v1 } from '@googleapis/compute'
import type { Criteria, GcpCriteria } from '../../../core/criteria/criteria.ts'
import type { Architecture, GcpImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import { releaseIn } from '../../../core/versions/release-in.ts'
import { type RhelTable, rhelOfOcp } from '../../../core/versions/rhel.ts'
import { readVersion } from '../../../core/versions/version.ts'
import { ServiceError } from '../../../errors.ts'

type Listed = compute_v1.Schema$Image

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  X86_64: 'x86_64',
  ARM64: 'aarch64',
}

const NO_ANSWER =
  'A proxy or a login page may stand in between: check HTTPS_PROXY and --gcp-endpoint.'

/** An answer's images. @throws ServiceError for what is no list, such as a proxy's page */
export function readList(answer: compute_v1.Schema$ImageList, question: string): Listed[] {
  const { kind, items = [] } = typeof answer === 'object' && answer ? answer : {}
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

/** Reads those images that the criteria look for: of each plan the names that begin as it says. */
export function readImages(
  listed: readonly Listed[],
  { gcp, rhel }: Criteria & { gcp: GcpCriteria },
): GcpImage[] {
  return listed.flatMap((image) => {
    const found = Object.entries(gcp.plans).find(([, { prefix }]) => image.name?.startsWith(prefix))
    if (found === undefined) return []
    const [plan, { architecture }] = found
    return [{ ...readImage(image, architecture, rhel), plan, project: gcp.project }]
  })
}

function readImage(image: Listed, expected: Architecture, table: RhelTable) {
  const name = image.name ?? ''
  const known = image.architecture ? ARCHITECTURES[image.architecture] : expected
  if (known === undefined) {
    throw new ServiceError(
      `gcp image ${name} has a property that is not known: ${image.architecture}`,
      'A later version of stream-snapshot may know it.',
    )
  }
  return {
    architecture: known,
    ...deprecationOf(image),
    name,
    state: stateOf(image),
    // A name as a version is refused by selection, which says so.
    version: versionOf(name, image.description ?? '', table) ?? name,
  }
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
    const rhel = rhelOfOcp(table, { major: Number(major), minor: Number(minor) })
    const version = `${major}${minor}.${rhel ? `${rhel.major}${rhel.minor}` : '00'}.${stamp}`
    if (readVersion(version)) return version
  }
  return releaseIn(name) ?? releaseIn(description)
}

function stateOf(image: Listed): ImageState {
  const { status, deprecated } = image
  if (deprecated?.state && deprecated.state !== 'ACTIVE') return 'deprecated'
  if (status && status !== 'READY') return 'unavailable'
  return deprecationOf(image).deprecation === undefined ? 'active' : 'scheduled-for-deprecation'
}

const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$/

/** Publishers write these times by hand; what is none is left out. */
function deprecationOf({ deprecated: status }: Listed): { readonly deprecation?: string } {
  const time = [status?.deprecated, status?.obsolete, status?.deleted].find(
    (each) => typeof each === 'string' && TIME.test(each),
  )
  return time ? { deprecation: time } : {}
}
