import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import {
  buildFolder,
  canonicalJson,
  capturedClouds,
  readSnapshot,
  type Snapshot,
  type WantedBuild,
} from '../index.ts'
import type { CaptureArgs } from './capture-options.ts'
import { criteriaFor, type Source, sourceFor } from './capture-request.ts'
import { cloudCriteria } from './clouds.ts'

/**
 * Reads the snapshot that holds just what a capture would be asked for, with no other builds.
 *
 * @throws InputError that names what it lacks and the command that captures it
 */
export async function readHeld(args: CaptureArgs, folder: Folder): Promise<Snapshot> {
  const file = args.SNAPSHOT
  const text = await folder.readIfExists(file)
  const remedy = `stream-snapshot ${captureCommandFor(args)} fills it.`
  if (text === undefined) {
    throw new InputError(`${file}: no such file, and --offline forbids the capture`, remedy)
  }
  const snapshot = readSnapshot(text, file)
  const source = await sourceFor(args, snapshot, folder)
  const lacking = [
    ...lackingBuilds(source, snapshot),
    ...(await lackingRest(args, source, snapshot, folder)),
  ]
  if (lacking.length > 0) {
    throw new InputError(
      `${file}: --offline forbids the capture, and it does not hold ${lacking.join(', ')}`,
      remedy,
    )
  }
  const asked = source.builds.map((build) => heldOf(build, source, snapshot))
  return {
    ...snapshot,
    builds: Object.fromEntries(
      Object.entries(snapshot.builds).filter(([architecture]) => asked.includes(architecture)),
    ),
  }
}

function lackingBuilds(source: Source, snapshot: Snapshot): string[] {
  return source.builds
    .filter((build) => heldOf(build, source, snapshot) === undefined)
    .map((build) => {
      const { architecture, release, source: url } = build
      if (architecture === undefined || release === undefined) return `the build of ${url}`
      const held = snapshot.builds[architecture]
      const other = held?.release === release ? held.location : held?.release
      return `${architecture}=${release}${other === undefined ? '' : ` (but ${other})`}`
    })
}

/** The architecture that a build has in the snapshot, at the same place. */
function heldOf(
  { architecture, release, location }: WantedBuild,
  { identity }: Source,
  { builds }: Snapshot,
): string | undefined {
  return Object.entries(builds).find(
    ([name, build]) =>
      (architecture ?? name) === name &&
      (release ?? build.release) === build.release &&
      (location ?? buildFolder(identity, name, build.release)) === build.location,
  )?.[0]
}

/** What else the command line asks for; what it leaves open may be as it is. */
async function lackingRest(
  args: CaptureArgs,
  { identity }: Source,
  snapshot: Snapshot,
  folder: Folder,
): Promise<string[]> {
  const { stream } = snapshot
  const clouds = args.cloud?.filter((cloud) => cloud !== 'none')
  const criteria =
    args.criteria === undefined
      ? snapshot.criteria
      : cloudCriteria(
          await criteriaFor(args, undefined, folder),
          clouds ?? capturedClouds(snapshot),
          args,
        )
  return [
    ...(identity.name === stream.name ? [] : [`the stream ${identity.name}`]),
    ...(identity.signatures === stream.signatures
      ? []
      : [identity.signatures ? 'signatures' : 'builds without signatures']),
    ...(args.ocp === undefined || args.ocp === stream.ocp ? [] : [`images for OCP ${args.ocp}`]),
    ...(clouds === undefined ||
    canonicalJson([...clouds].sort()) === canonicalJson(capturedClouds(snapshot).sort())
      ? []
      : [clouds.length === 0 ? 'builds alone' : `just the images of ${clouds.join(', ')}`]),
    ...(canonicalJson(criteria) === canonicalJson(snapshot.criteria)
      ? []
      : [`the images that ${args.criteria} looks for`]),
  ]
}

/** The arguments that say what is captured, for a shell. */
function captureCommandFor(args: CaptureArgs): string {
  const options = (['name', 'url', 'distro', 'cloud', 'ocp', 'criteria'] as const).flatMap(
    (option) => (args[option] === undefined ? [] : [`--${option}`, String(args[option])]),
  )
  const signatures = args['no-signatures'] ? ['--no-signatures'] : []
  return ['capture', args.SNAPSHOT, ...options, ...signatures, ...(args.BUILDS ?? [])].join(' ')
}
