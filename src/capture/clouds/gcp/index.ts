import type { compute_v1 } from '@googleapis/compute'
import type { Criteria, GcpCriteria } from '../../../core/criteria/criteria.ts'
import type { GcpImage, GcpQuery } from '../../../core/snapshot/snapshot.ts'
import { InputError } from '../../../errors.ts'
import { describeFailure } from '../../http/failure.ts'
import { originOf } from '../origin.ts'
import { pageWatch, spellingOf } from '../token.ts'
import type { Cloud } from '../types.ts'
import { openCompute, PUBLIC_HOST } from './client.ts'
import { isForbidden, isMissing, readFailure } from './failure.ts'
import { readImages, readList, readSingle } from './images.ts'
import { recordGcp } from './recording.ts'
import type { GcpSettings } from './settings.ts'

/** Compute's most for one page. */
const PAGE_SIZE = 500

/** GCP's marketplace images: a project's list, or where that is forbidden each by its name. */
export const gcp: Cloud<GcpQuery, GcpImage, GcpSettings> = {
  ignoredParameters: ['alt', 'prettyPrint'],

  async connect(access, criteria, note) {
    if (!hasGcp(criteria)) throw new InputError('the criteria have no gcp to ask for')
    const { project, plans } = criteria.gcp
    const { images, options, ...compute } = openCompute(access, note)
    const asked = (access.live && access.settings.endpoint) || PUBLIC_HOST
    const known = access.live ? access.settings.secrets : []
    const fail = (error: unknown, query: GcpQuery) =>
      describeFailure(error, describe(query), (each) => readFailure(each, new URL(asked).origin))
    const notes: string[] = []
    let listed: compute_v1.Schema$Image[] = []

    /** What a question answers, or undefined where it says no, an answer as well. */
    async function answerTo<T>(
      query: GcpQuery,
      isNo: (error: unknown) => boolean,
      send: () => Promise<{ readonly data: T }>,
    ): Promise<T | undefined> {
      try {
        await compute.signIn()
        return (await send()).data
      } catch (error) {
        if (isNo(error)) return undefined
        throw fail(error, query)
      }
    }

    /** Undefined where the project does not let its images be listed. */
    async function list(filter: string): Promise<compute_v1.Schema$Image[] | undefined> {
      const found: compute_v1.Schema$Image[] = []
      const watch = pageWatch(describe({ project, filter }))
      let pageToken: string | undefined
      do {
        const parameters = {
          project,
          filter,
          maxResults: PAGE_SIZE,
          ...(pageToken && { pageToken }),
        }
        const answer = await answerTo({ project, filter }, isForbidden, () =>
          images.list(parameters, options),
        )
        if (answer === undefined) return undefined
        found.push(...readList(answer, describe({ project, filter })))
        pageToken = answer.nextPageToken || undefined
        watch(pageToken)
      } while (pageToken !== undefined)
      return found
    }

    async function get(image: string): Promise<compute_v1.Schema$Image[] | undefined> {
      const answer = await answerTo({ project, name: image }, isMissing, () =>
        images.get({ project, image }, options),
      )
      return answer && [readSingle(answer, image)]
    }

    return {
      opening: describe({ project }),

      async queries() {
        const filter = filterFor(criteria.gcp)
        const found = await list(filter)
        if (found !== undefined) {
          listed = found
          return [{ project, filter }]
        }
        const names = Object.values(plans).flatMap((plan) => plan.names)
        return [...new Set(names)].map((name) => ({ project, name }))
      },

      async ask({ name }) {
        const found = name === undefined ? listed : await get(name)
        return found && readImages(found, criteria, (text) => void notes.push(text))
      },

      describe,
      identify: (query) => query,
      record: (exchange) =>
        recordGcp(exchange, originOf(asked), originOf(PUBLIC_HOST), spellingOf(access.live)),
      notes: () => notes,
      secrets: () => [...known, ...compute.secrets()].filter((secret) => secret !== project),
    }
  },
}

/**
 * The filter by a regular expression that the whole name has to match. Sorted: a snapshot's
 * criteria name the plans in another order than those they came from.
 */
function filterFor({ plans }: GcpCriteria): string {
  const prefixes = Object.values(plans)
    .map(({ prefix }) => prefix)
    .sort()
  return `name eq "(${prefixes.join('|')}).*"`
}

function describe({ project, name }: GcpQuery): string {
  return `gcp ${project}${name === undefined ? '' : `/${name}`}`
}

function hasGcp(criteria: Criteria): criteria is Criteria & { gcp: GcpCriteria } {
  return criteria.gcp !== undefined
}
