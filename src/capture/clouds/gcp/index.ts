import type { compute_v1 } from '@googleapis/compute'
import type { Criteria, GcpCriteria } from '../../../core/criteria/criteria.ts'
import type { GcpImage, GcpQuery } from '../../../core/snapshot/snapshot.ts'
import { InputError } from '../../../errors.ts'
import { originOf } from '../origin.ts'
import type { Cloud } from '../types.ts'
import { openCompute, PUBLIC_HOST } from './client.ts'
import { describeFailure, isForbidden, isMissing } from './failure.ts'
import { readImages, readList, readSingle } from './images.ts'
import { recordGcp } from './recording.ts'
import type { GcpSettings } from './settings.ts'

/** Compute's most for one page. */
const PAGE_SIZE = 500

/** GCP's marketplace images: a project's list, or where that is forbidden each by its name. */
export const gcp: Cloud<GcpQuery, GcpImage, GcpSettings> = {
  ignoredParameters: ['alt', 'prettyPrint'],

  async connect(access, criteria) {
    if (!hasGcp(criteria)) throw new InputError('the criteria have no gcp to ask for')
    const { project, plans } = criteria.gcp
    const { images, options, ...compute } = openCompute(access)
    const asked = (access.live && access.settings.endpoint) || PUBLIC_HOST
    const known = access.live ? access.settings.secrets : []
    let answers = 0
    let listed: compute_v1.Schema$Image[] = []

    /** Undefined where the project does not let its images be listed. */
    async function list(filter: string): Promise<compute_v1.Schema$Image[] | undefined> {
      const found: compute_v1.Schema$Image[] = []
      let pageToken: string | undefined
      do {
        const parameters = {
          project,
          filter,
          maxResults: PAGE_SIZE,
          ...(pageToken && { pageToken }),
        }
        const answer = await images.list(parameters, options).catch((error: unknown) => {
          if (!isForbidden(error)) throw describeFailure(error, describe({ project, filter }))
          return undefined
        })
        answers += 1
        if (answer === undefined) return undefined
        found.push(...readList(answer.data))
        pageToken = answer.data.nextPageToken ?? undefined
      } while (pageToken !== undefined)
      return found
    }

    async function get(image: string): Promise<compute_v1.Schema$Image[] | undefined> {
      const answer = await images.get({ project, image }, options).catch((error: unknown) => {
        if (!isMissing(error)) throw describeFailure(error, describe({ project, name: image }))
        return undefined
      })
      answers += 1
      return answer && [readSingle(answer.data, image)]
    }

    return {
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
        return found && readImages(found, criteria)
      },

      describe,
      identify: (query) => query,
      record: (exchange) => recordGcp(exchange, originOf(asked), originOf(PUBLIC_HOST)),
      answers: () => answers,
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
