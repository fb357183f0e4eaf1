import pMap from 'p-map'
import { sortByMembers, sortImages } from '../core/clouds/order.ts'
import { CLOUDS, type CloudName, type SnapshotContent } from '../core/snapshot/snapshot.ts'
import { InputError, ServiceError } from '../errors.ts'
import { findId, findSecret } from '../secrets.ts'
import { askBuilds, type ProgressCounter } from './builds.ts'
import { CLOUD_MODULES } from './clouds/index.ts'
import type { Access, Cloud, Connection } from './clouds/types.ts'
import { type Patience, withPatience } from './http/question.ts'
import { Recorder } from './record.ts'
import { type Recording, sortExchanges } from './recording.ts'
import type { Replay } from './replay.ts'
import { type CaptureRequest, patienceOf } from './request.ts'

/** What was learned, and the evidence. */
export interface Captured {
  readonly content: SnapshotContent
  readonly recording: Recording
  /** What a person should know of the answers. */
  readonly notes: readonly string[]
}

/**
 * Asks every question at the clouds and for every build at the build server, or at a recording of
 * them, all side by side.
 *
 * @throws ServiceError at the first failure; then nothing was learned
 */
export async function capture(request: CaptureRequest): Promise<Captured> {
  const { stream, criteria, replay, shared } = request
  if (replay === undefined) (await import('./http/proxy.ts')).checkProxies()
  // While the SDKs load, which takes longer than the rest of the start, the build server is asked.
  const modules = loadModules(request.clouds)
  const replayed = replay && (await replayFor(replay, await modules))
  const recorder = new Recorder()
  const limits = { ...patienceOf(request), gate: replayed?.gate }
  try {
    const progress = new Counters(request.onProgress)
    const asking = Promise.all([
      modules.then((all) =>
        Promise.all(
          all.map(async ({ name, access, module }) => {
            const own = access.live ? { ...access, shared } : access
            const connection: AnyConnection = await module.connect(own, criteria, (each) =>
              recorder.add(each, connection.record),
            )
            return askCloud(name, connection, request, limits, progress.of(name))
          }),
        ),
      ),
      askBuilds(request, limits, progress.of('builds'), recorder),
    ])
    // Here and not where it is asked: an SDK waits for what nobody answers.
    const lacking = replayed?.unanswered.then(refuseLack)
    const [clouds, asked] = await Promise.race([asking, ...(lacking ? [lacking] : [])])
    const content: SnapshotContent = {
      schemaVersion: 1,
      stream,
      criteria,
      builds: asked.builds,
      images: Object.fromEntries(clouds.map(({ name, images }) => [name, images])),
      queries: Object.fromEntries(clouds.map(({ name, queries }) => [name, queries])),
    }
    // Of a replay as well: scrubbing what is scrubbed changes nothing, and all else stays out.
    const kept = recorder.exchanges
    const recording = sortExchanges(replayed?.keep(kept) ?? kept)
    const secrets = clouds.flatMap(({ connection }) => connection.secrets())
    if (!request.isSearched) refuseSecrets(content, recording, secrets)
    const notes = clouds.flatMap(({ connection }) => connection.notes())
    return { content, recording, notes: [...asked.notes, ...notes] }
  } finally {
    await replayed?.stop()
  }
}

/** nock, which takes over the process's requests, is loaded where it has some to answer. */
async function replayFor(
  recording: Recording,
  modules: readonly { readonly module: AnyCloud }[],
): Promise<Replay> {
  const { replayExchanges } = await import('./replay.ts')
  return replayExchanges(
    recording,
    modules.flatMap(({ module }) => module.ignoredParameters),
  )
}

function loadModules(clouds: CaptureRequest['clouds']) {
  return Promise.all(
    CLOUDS.filter((name) => clouds[name] !== undefined).map(async (name) => {
      const module: AnyCloud = await CLOUD_MODULES[name]()
      return { name, access: clouds[name] as Access<unknown>, module }
    }),
  )
}

type AnyCloud = Cloud<object, object, unknown>
type AnyConnection = Connection<object, object>

/** One cloud's answers, as the snapshot has them. */
interface Asked {
  readonly name: CloudName
  readonly connection: AnyConnection
  readonly images: readonly object[]
  readonly queries: readonly object[]
}

async function askCloud(
  name: CloudName,
  connection: AnyConnection,
  { ocp, concurrency, skipRegions = [] }: CaptureRequest,
  limits: Patience,
  progress: ProgressCounter,
): Promise<Asked> {
  if (ocp === undefined) throw new InputError('an OCP minor is needed to ask a cloud')
  const all = await withPatience(connection.opening, limits, () => connection.queries(ocp))
  const queries = all.filter(
    (query) => !('region' in query && skipRegions.includes(String(query.region))),
  )
  progress.expect(queries.length)
  const answers = await pMap(
    queries,
    async (query) => {
      const images = await withPatience(connection.describe(query), limits, () =>
        connection.ask(query),
      )
      progress.advance()
      return { query, images }
    },
    { concurrency },
  )
  return {
    name,
    connection,
    images: sortImages(
      name,
      answers.flatMap(({ images }) => images ?? []),
    ),
    queries: sortByMembers(
      answers.map(({ query, images }) => ({
        ...connection.identify(query),
        ...(images ? { images: images.length } : { missing: true }),
      })),
    ),
  }
}

/** Nothing is written of which the capture knows that it is secret; says in which image it is. */
function refuseSecrets(
  content: SnapshotContent,
  recording: Recording,
  known: readonly string[],
): void {
  const published = JSON.stringify([content.criteria, content.builds])
  const secretIn = (value: unknown) => {
    const text = JSON.stringify(value)
    return findSecret(text, known) ?? findId(text, published)
  }
  const found = secretIn(content) ?? secretIn(recording)
  if (found === undefined) return
  const lists: [cloud: string, images: readonly object[]][] = Object.entries(content.images)
  const images = lists.flatMap(([cloud, list]) => list.map((image) => ({ cloud, ...image })))
  const place = [...images, ...recording].find((each) => secretIn(each) !== undefined)
  throw new ServiceError(
    `${place ? placeOf(place) : 'the answers'}: holds ${found}; nothing was written`,
    'Leave it out, with other criteria or on AWS with --regions, and tell its publisher.',
  )
}

/** What an image or an exchange is told from others by, as far as it may be shown. */
function placeOf(each: object): string {
  const { cloud, region, image, project, name, offer, sku, version, scope } = each as Record<
    string,
    unknown
  >
  // A version that nobody can read is the name, in which the secret may be.
  const parts = image ? [region, image] : [project, name, offer, sku, offer && version]
  return [cloud ?? scope, ...parts].filter((part) => typeof part === 'string').join(' ')
}

function refuseLack(request: string): never {
  throw new ServiceError(
    `the recording has no answer to ${request}`,
    'Capture anew without --replay to record it.',
  )
}

/** Counts answers of each cloud and of the build server. */
class Counters {
  readonly #parts = new Map<string, { done: number; total: number }>()
  readonly #listener: CaptureRequest['onProgress']

  constructor(listener: CaptureRequest['onProgress']) {
    this.#listener = listener
  }

  of(name: string): ProgressCounter {
    const part = { done: 0, total: 0 }
    this.#parts.set(name, part)
    const report = () => {
      const parts = [...this.#parts].map(([each, counts]) => ({ name: each, ...counts }))
      this.#listener?.(parts.filter(({ total }) => total > 0))
    }
    return {
      expect: (count) => {
        part.total += count
        report()
      },
      advance: () => {
        part.done += 1
        report()
      },
    }
  }
}
