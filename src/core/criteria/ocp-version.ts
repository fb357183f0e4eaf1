import { InputError } from '../../errors.ts'
import { listed } from '../../printable.ts'
import {
  compareMajorMinor,
  type MajorMinor,
  ocpVersions,
  ocpVersionsForRhel,
  printMajorMinor,
  type RhelTable,
  readMajorMinor,
  readRelease,
} from '../versions/version.ts'
import type { Criteria } from './criteria.ts'

/** Whether any OCP version has the RHEL version of the releases. */
export function hasOcpVersion(releases: readonly string[], table: RhelTable): boolean {
  const rhel = latestRhel(releases)
  return rhel !== undefined && ocpVersionsForRhel(table, rhel).length > 0
}

export interface OcpSources {
  readonly option?: MajorMinor | undefined
  readonly releases: readonly string[]
  readonly workspace?: MajorMinor | undefined
  readonly snapshot?: MajorMinor | undefined
  readonly branch?: string | undefined
  readonly skus?: readonly string[]
  /** The stream's name, which is often outdated. */
  readonly name: string
}

export type OcpDecision = ReturnType<typeof decideOcp>

interface Claim {
  readonly source: Exclude<keyof OcpSources, 'releases' | 'skus'> | 'release' | 'rhel' | 'sku'
  readonly ocp: MajorMinor
  readonly evidence: string
}

/**
 * Decides the OCP version of a stream. The order is `--ocp`, the release, the workspace, the existing
 * snapshot, the git branch. Otherwise the candidates are the OCP versions with the RHEL version of the
 * releases that are not earlier than the SKUs: the only candidate, the version in the stream's name, or
 * the version of the latest SKU.
 */
export function decideOcp(sources: OcpSources, criteria: Criteria) {
  const { releases, branch = '', skus = [] } = sources
  const table = criteria.rhel
  const rhel = latestRhel(releases)
  const claims = [
    ...claim('option', sources.option, '--ocp'),
    ...releases
      .flatMap((text) => claim('release', readRelease(text)?.ocp, `release ${text}`))
      .sort(latestFirst),
    ...claim('workspace', sources.workspace, 'stream-snapshot.json'),
    ...claim('snapshot', sources.snapshot, 'the existing snapshot'),
    ...claim('branch', versionIn(/^release-(.+)$/, branch), `git branch ${branch}`),
  ]
  // A stream never has images of a later OCP version.
  const [sku] = skus
    .flatMap((name) => claim('sku', ocpInSku(name, criteria), `SKU ${name}`))
    .sort(latestFirst)
  // `4.18-9.4`, `rhcos-4.18`
  const named = versionIn(/^(?:rhcos-)?([0-9]+\.[0-9]+)(?:-[0-9.]+)?$/, sources.name)
  const [name] = claim('name', named, `stream name ${sources.name}`)
  const isLate = (ocp: MajorMinor) => !sku || compareMajorMinor(ocp, sku.ocp) >= 0
  const candidates = (rhel ? ocpVersionsForRhel(table, rhel) : []).filter(isLate)
  const [first, ...more] = candidates
  const [only] =
    rhel && more.length === 0 ? claim('rhel', first, `RHEL ${printMajorMinor(rhel)}`) : []
  const chosen =
    // A snapshot is outdated if its stream moved to another OCP version.
    claims.find(({ source, ocp }) => source !== 'snapshot' || fits(ocp, rhel, table)) ??
    only ??
    [name, sku].find((each) => each && isLate(each.ocp) && fits(each.ocp, rhel, table))
  const all = [...claims, sku ?? [], name ?? []].flat()
  return {
    ...chosen,
    ...(!chosen && { cause: unknownCause(rhel, candidates, sku, table) }),
    isGuess: chosen?.source === 'sku',
    candidates,
    conflicts: chosen ? conflictsWith(chosen, all, rhel, table) : [],
  }
}

function claim(source: Claim['source'], ocp: MajorMinor | undefined, evidence: string): Claim[] {
  return ocp ? [{ source, ocp, evidence }] : []
}

function latestFirst(a: Claim, b: Claim): number {
  return compareMajorMinor(b.ocp, a.ocp)
}

function versionIn(pattern: RegExp, text: string): MajorMinor | undefined {
  return readMajorMinor(pattern.exec(text)?.[1] ?? '')
}

export function ocpInSku(name: string, { azure }: Criteria): MajorMinor | undefined {
  for (const sku of Object.values(azure?.plans ?? {}).flatMap(({ skus }) => skus)) {
    if (!sku.name.includes('{major}')) continue
    const pattern = sku.name.replace('{major}', '([0-9])').replace('{minor}', '([0-9]+)')
    const [, major, minor] = new RegExp(`^${pattern}$`, 'i').exec(name) ?? []
    if (major !== undefined && minor !== undefined) return readMajorMinor(`${major}.${minor}`)
  }
  return undefined
}

/** `4.22, 4.23 or 5.0` */
function listVersions(versions: readonly MajorMinor[]): string {
  return listed(versions.map(printMajorMinor), 'or')
}

/**
 * @throws InputError for a version of `--ocp` that is neither in the table nor later, and for one that
 *   has another RHEL version than the releases
 */
export function refuseOcp(given: MajorMinor, releases: readonly string[], table: RhelTable): void {
  const name = printMajorMinor(given)
  const rhels = table[name]
  if (rhels === undefined) {
    const last = ocpVersions(table).at(-1)
    if (last === undefined || compareMajorMinor(given, last) > 0) return
    const known = ocpVersions(table).map(printMajorMinor).join(', ')
    throw new InputError(`--ocp ${name}: unknown OCP version`, `Use ${known}, or a later version.`)
  }
  const rhel = latestRhel(releases)
  if (rhel === undefined || rhels.includes(printMajorMinor(rhel))) return
  const own = printMajorMinor(rhel)
  const release = releases.find((text) => {
    const { rhel: each } = readRelease(text) ?? {}
    return each && compareMajorMinor(each, rhel) === 0
  })
  const fitting = ocpVersionsForRhel(table, rhel)
  throw new InputError(
    `--ocp ${name}: OCP ${name} has RHEL ${rhels.join(' and ')}, not RHEL ${own} of ${release}`,
    fitting.length > 0 ? `Use ${listVersions(fitting)}.` : `No OCP version has RHEL ${own}.`,
  )
}

export function latestRhel(releases: readonly string[]): MajorMinor | undefined {
  return releases
    .flatMap((release) => readRelease(release)?.rhel ?? [])
    .sort(compareMajorMinor)
    .at(-1)
}

function unknownCause(
  rhel: MajorMinor | undefined,
  candidates: readonly MajorMinor[],
  sku: Claim | undefined,
  table: RhelTable,
): string {
  const unknown = 'unknown OCP version'
  if (rhel === undefined)
    return `${unknown}: neither the releases nor the stream name contain an OCP version`
  const name = `RHEL ${printMajorMinor(rhel)}`
  if (candidates.length > 0) return `${unknown}: ${name} is used by OCP ${listVersions(candidates)}`
  const all = ocpVersionsForRhel(table, rhel)
  return sku && all.length > 0
    ? `${unknown}: ${name} is used by OCP ${listVersions(all)}, and ${sku.evidence} is for OCP ${printMajorMinor(sku.ocp)}`
    : `${unknown}: no OCP version uses ${name}`
}

/**
 * Whether an OCP version can have this RHEL version. An OCP version that is later than the table has the
 * RHEL versions of the table's last one, or a later one.
 */
function fits(ocp: MajorMinor, rhel: MajorMinor | undefined, table: RhelTable): boolean {
  if (rhel === undefined) return true
  const all = ocpVersions(table)
  const last = all.findLast(({ major }) => major === ocp.major) ?? all.at(-1)
  const isNew = last !== undefined && compareMajorMinor(ocp, last) > 0
  const known = table[printMajorMinor(isNew ? last : ocp)] ?? []
  const isLaterRhel = known
    .flatMap((each) => readMajorMinor(each) ?? [])
    .every((each) => compareMajorMinor(each, rhel) < 0)
  return known.includes(printMajorMinor(rhel)) || (isNew && isLaterRhel)
}

function conflictsWith(
  chosen: Claim,
  all: readonly Claim[],
  rhel: MajorMinor | undefined,
  table: RhelTable,
): string[] {
  const differing = all.filter(({ source, ocp }) => {
    const order = compareMajorMinor(ocp, chosen.ocp)
    // Images of an earlier OCP version are common.
    return source === 'sku' ? order > 0 : order !== 0
  })
  const others = differing.map(
    ({ ocp, evidence }) => `OCP ${printMajorMinor(ocp)} from ${evidence}`,
  )
  const fitting = rhel ? ocpVersionsForRhel(table, rhel) : []
  if (rhel && fitting.length > 0 && !fits(chosen.ocp, rhel, table)) {
    others.push(`OCP ${listVersions(fitting)} from RHEL ${printMajorMinor(rhel)}`)
  }
  const own = `OCP ${printMajorMinor(chosen.ocp)} from ${chosen.evidence}`
  return [...new Set(others)].map((other) => `${own}, but ${other}`)
}
