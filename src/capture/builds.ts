import type { Definition } from 'nock'
import { sourceOf } from '../core/builds/locate.ts'
import type { ReadBuild } from '../core/builds/read.ts'
import type { SnapshotContent } from '../core/snapshot/snapshot.ts'
import { InputError } from '../errors.ts'
import { recordBuild } from './build-server/recording.ts'
import { type Patience, withPatience } from './http/question.ts'
import type { Recorder } from './record.ts'
import type { CaptureRequest } from './request.ts'

/** What the build server told. */
export interface AskedBuilds {
  readonly builds: SnapshotContent['builds']
  /** What a person should know of them. */
  readonly notes: readonly string[]
}

/** Hears of questions and answers. */
export interface ProgressCounter {
  expect(count: number): void
  advance(): void
}

/**
 * Asks for all builds at once: there is one for an architecture, and few architectures.
 *
 * @throws InputError where two of them turn out to be of one architecture
 */
export async function askBuilds(
  { builds: wanted, stream, timeout, replay, shared }: CaptureRequest,
  limits: Patience,
  progress: ProgressCounter,
  recorder: Recorder,
): Promise<AskedBuilds> {
  if (wanted.length === 0) return { builds: {}, notes: [] }
  // The HTTP client takes a while to load, and a capture of clouds alone does not need it.
  const { askBuild } = await import('./build-server/ask.ts')
  const isReplayed = replay !== undefined
  progress.expect(wanted.length)
  const read = await Promise.all(
    wanted.map(async (each) => {
      const source = sourceOf(each, stream, isReplayed)
      const raw: Definition[] = []
      const onExchange = (exchange: Definition) => void raw.push(exchange)
      const found = await withPatience(source, limits, () =>
        askBuild(each, stream, { isReplayed, timeout, onExchange, shared }),
      )
      const asked = { source, location: found.build.location }
      for (const exchange of raw) recorder.add(exchange, (own) => recordBuild(own, asked))
      progress.advance()
      return found
    }),
  )
  refuseTwins(read)
  const sorted = [...read].sort((a, b) => (a.architecture < b.architecture ? -1 : 1))
  return {
    builds: Object.fromEntries(sorted.map(({ architecture, build }) => [architecture, build])),
    notes: notesOn(sorted),
  }
}

function refuseTwins(read: readonly ReadBuild[]): void {
  const twin = read.find(({ architecture }, index) =>
    read.slice(0, index).some((other) => other.architecture === architecture),
  )
  if (twin === undefined) return
  throw new InputError(`${twin.architecture}: two builds are of this architecture, expected one`)
}

function notesOn(read: readonly ReadBuild[]): string[] {
  const releases = new Set(read.map(({ build }) => build.release))
  const named = read.map(({ architecture, build }) => `${architecture}=${build.release}`)
  return [
    ...(releases.size > 1 ? [`the architectures are of different builds: ${named.join(' ')}`] : []),
    ...read.flatMap(({ architecture, unknown }) =>
      unknown.map((name) => `${architecture}: platform ${name}: not known, left out`),
    ),
  ]
}
