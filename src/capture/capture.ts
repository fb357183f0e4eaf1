import pMap from 'p-map'
import { sortByMembers, sortImages } from '../core/snapshot/order.ts'
import { CLOUDS, type CloudName, type SnapshotContent } from '../core/snapshot/snapshot.ts'
import { InputError, ServiceError } from '../errors.ts'
import { findId, findSecret } from '../secrets.ts'
import { recordBuild } from './build-server/recording.ts'
import { type AskedBuilds, askBuilds, type ProgressCounter } from './builds.ts'
import { CLOUD_MODULES } from './clouds/index.ts'
import type { Access, Cloud, Connection } from './clouds/types.ts'
import { type Exchange, recordExchanges, replayExchanges, waitForExchanges } from './exchange.ts'
import { normalise, type Recording, sortExchanges } from './recording.ts'
import type { CaptureRequest } from './request.ts'

/** What was learned, and the evidence. */
export interface Captured {
  readonly content: SnapshotContent
  readonly recording: Recording
  /** What a person should know of the builds. */
  readonly notes: readonly string[]
}

/**
 * Asks every question at the clouds and for every build at the build server, or at a recording of
 * them, all side by side.
 *
 * @throws ServiceError at the first failure; then nothing was learned
 */
export async function capture(request: CaptureRequest): Promise<Captured> {
  const { stream, criteria, replay } = request
  // While the SDKs load, which takes longer than the rest of the start, the build server is asked.
  const modules = loadModules(request.clouds)
  const exchange = replay
    ? replayExchanges(
        replay,
        (await modules).flatMap(({ module }) => module.ignoredParameters),
      )
    : recordExchanges()
  try {
    const progress = new Counter(request.onProgress)
    const asking = Promise.all([
      modules.then((all) =>
        Promise.all(
          all.map(async ({ name, access, module }) => {
            const connection = await module.connect(access, criteria)
            return askCloud(name, connection, request, progress)
          }),
        ),
      ),
      askBuilds(request, progress),
    ])
    // Here and not where it is asked: an SDK waits for what nobody answers.
    const lacking = exchange.unanswered.then(refuseLack)
    const [clouds, asked] = await Promise.race([asking, lacking])
    const content: SnapshotContent = {
      schemaVersion: 1,
      stream,
      criteria,
      builds: asked.builds,
      images: Object.fromEntries(clouds.map(({ name, images }) => [name, images])),
      queries: Object.fromEntries(clouds.map(({ name, queries }) => [name, queries])),
    }
    const recording = replay ? exchange.exchanges() : await collect(exchange, clouds, asked)
    const secrets = clouds.flatMap(({ connection }) => connection.secrets())
    refuseSecrets(content, recording, secrets)
    return { content, recording, notes: asked.notes }
  } finally {
    exchange.stop()
  }
}

function loadModules(clouds: CaptureRequest['clouds']) {
  return Promise.all(
    CLOUDS.filter((name) => clouds[name] !== undefined).map(async (name) => {
      const load = (CLOUD_MODULES as Partial<Record<CloudName, () => Promise<AnyCloud>>>)[name]
      if (load === undefined) throw new InputError(`cloud ${name}: not known`)
      return { name, access: clouds[name] as Access<unknown>, module: await load() }
    }),
  )
}

type AnyCloud = Cloud<object, object, unknown>

/** One cloud's answers, as the snapshot has them. */
interface Asked {
  readonly name: CloudName
  readonly connection: Connection<object, object>
  readonly images: readonly object[]
  readonly queries: readonly object[]
}

async function askCloud(
  name: CloudName,
  connection: Connection<object, object>,
  { ocp, concurrency }: CaptureRequest,
  progress: Counter,
): Promise<Asked> {
  if (ocp === undefined) throw new InputError('an OCP minor is needed to ask a cloud')
  const queries = await connection.queries(ocp)
  progress.expect(queries.length)
  const answers = await pMap(
    queries,
    async (query) => {
      const images = await connection.ask(query)
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

/** The scrubbed evidence, complete: the recorder may still be busy with the last answers. */
async function collect(
  exchange: Exchange,
  clouds: readonly Asked[],
  { asked }: AskedBuilds,
): Promise<Recording> {
  const kept = () =>
    sortExchanges([
      ...clouds.flatMap(({ connection }) =>
        normalise(exchange.exchanges(), (each) => connection.record(each)),
      ),
      ...normalise(exchange.exchanges(), (each) => recordBuild(each, asked)),
    ])
  const answers = clouds.reduce((sum, { connection }) => sum + connection.answers(), asked.length)
  await waitForExchanges(() => kept().length >= answers)
  return kept()
}

/** Nothing is written of which the capture knows that it is secret. */
function refuseSecrets(
  content: SnapshotContent,
  recording: Recording,
  known: readonly string[],
): void {
  const [learned, evidence] = [JSON.stringify(content), JSON.stringify(recording)]
  const published = JSON.stringify([content.criteria, content.builds])
  const found =
    findSecret(learned, known) ??
    findSecret(evidence, known) ??
    findId(learned, published) ??
    findId(evidence, published)
  if (found !== undefined) {
    throw new ServiceError(`the answers hold ${found}; nothing was written`)
  }
}

function refuseLack(request: string): never {
  throw new ServiceError(
    `the recording has no answer to ${request}`,
    'Capture anew without --replay to record it.',
  )
}

/** Counts answers over all clouds and the build server. */
class Counter implements ProgressCounter {
  #done = 0
  #total = 0

  readonly #listener: CaptureRequest['onProgress']

  constructor(listener: CaptureRequest['onProgress']) {
    this.#listener = listener
  }

  expect(count: number): void {
    this.#total += count
    this.#report()
  }

  advance(): void {
    this.#done += 1
    this.#report()
  }

  #report(): void {
    this.#listener?.({ done: this.#done, total: this.#total })
  }
}
