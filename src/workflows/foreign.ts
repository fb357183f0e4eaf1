import { canonicalJson } from '../core/snapshot/canonical.ts'
import { type CloudName, capturedClouds, type Snapshot } from '../core/snapshot/snapshot.ts'
import { compareMajorMinor, printMajorMinor } from '../core/versions/major-minor.ts'
import { readRelease } from '../core/versions/version.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { CheckFailure } from '../errors.ts'
import { counted } from '../printable.ts'
import type { CapturePlan } from './capture-plan.ts'
import { criteriaFor, type Parts, queriedRegions, withoutRegions } from './keep.ts'

/**
 * Refuses to keep parts that were captured for something else than the rest of the snapshot.
 *
 * @throws CheckFailure that names the parts, and what they were captured for
 */
export function refuseForeign(
  config: StreamConfig,
  plan: CapturePlan,
  before: Snapshot,
  kept: Parts,
): void {
  const images = [...kept.clouds, ...kept.regions]
  const all = [...images, ...kept.architectures]
  const { name, ocp } = before.stream
  const wanted = plan.ocp && printMajorMinor(plan.ocp)
  const captured = (part: string, was: string, is: string): Reason => ({
    part,
    text: `${part} was captured for ${was}, not ${is}`,
  })
  const reasons = [
    ...(name === plan.stream.name
      ? []
      : all.map((part) => captured(part, `stream ${name}`, plan.stream.name))),
    ...(wanted === undefined || ocp === wanted
      ? []
      : images.map((part) => captured(part, `OCP ${ocp}`, wanted))),
    ...otherReleases(config, plan, before, kept),
    ...(hasOtherCriteria(config, plan, before, kept)
      ? images.map((part) => captured(part, 'other criteria', `those of ${config.criteria}`))
      : []),
    ...(before.stream.url === plan.stream.url
      ? []
      : kept.architectures.map((part) => captured(part, before.stream.url, plan.stream.url))),
  ]
  const lines = reasons.map(({ text }) => text)
  const [first] = lines
  if (first === undefined) return
  const names = [...new Set(reasons.map(({ part }) => part))]
  const them = names.length > 1 ? 'them' : 'it'
  const remedy = `Query ${them} too, or remove ${them} with --drop ${names.join(',')}.`
  if (lines.length === 1) throw new CheckFailure(`${config.snapshot}: ${first}`, remedy)
  throw new CheckFailure(
    `${config.snapshot}: ${counted(names.length, 'part')} captured for something else`,
    remedy,
    { lines },
  )
}

interface Reason {
  readonly part: string
  readonly text: string
}

/** Kept builds have the releases of the stream, or are of the OCP version that is captured. */
function otherReleases(
  { target }: StreamConfig,
  { targetReleases, ocp }: CapturePlan,
  before: Snapshot,
  kept: Parts,
): Reason[] {
  return kept.architectures.flatMap((part): Reason[] => {
    const release = before.builds[part]?.release ?? ''
    const was = `${part} was captured for release ${release}`
    if (targetReleases && targetReleases.get(part) !== release) {
      const is = targetReleases.get(part) ?? `no ${part}`
      return [{ part, text: `${was}, and ${target} has ${is}` }]
    }
    const own = readRelease(release)?.ocp
    if (!own || !ocp || compareMajorMinor(own, ocp) === 0) return []
    return [{ part, text: `${was}, not for OCP ${printMajorMinor(ocp)}` }]
  })
}

function hasOtherCriteria(
  { criteria }: StreamConfig,
  plan: CapturePlan,
  before: Snapshot,
  { clouds, regions }: Parts,
): boolean {
  if (criteria === undefined) return false
  const partial = capturedClouds(before).filter((cloud) =>
    queriedRegions(before, cloud).some((region) => regions.includes(region)),
  )
  const names = [...clouds, ...partial]
  if (names.length === 0) return false
  const comparable = (all: CapturePlan['criteria']) =>
    canonicalJson(withoutRegionsOf(criteriaFor(all, names), names))
  return comparable(before.criteria) !== comparable(plan.criteria)
}

/** Regions are parts of a snapshot, not criteria that images are selected by. */
function withoutRegionsOf(criteria: CapturePlan['criteria'], clouds: readonly CloudName[]): object {
  const own = clouds.map((cloud) => [cloud, withoutRegions(criteria[cloud] ?? {})])
  return { ...criteria, ...Object.fromEntries(own) }
}
