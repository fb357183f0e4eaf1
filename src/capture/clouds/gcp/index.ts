import { compute } from '@googleapis/compute'
import type { GcpCriteria } from '../../../core/criteria/criteria.ts'
import type { GcpImage, GcpQuery } from '../../../core/snapshot/snapshot.ts'
import { ServiceError } from '../../../errors.ts'
import { queryError } from '../../http/errors.ts'
import { originWithPort } from '../../http/message.ts'
import type { Cloud, Context } from '../cloud.ts'
import { createPageCheck } from '../normalize.ts'
import { explainQuery, isForbidden, isNotFound } from './errors.ts'
import { type Listed, readImages, readList, recordGcp } from './images.ts'
import type { GcpSettings } from './settings.ts'
import { RETRIES, signIn, toRequestOptions } from './sign-in.ts'

const PAGE_SIZE = 500

const PUBLIC_HOST = 'https://compute.googleapis.com'

/** Lists the images of a project, or if that is forbidden queries each image by its name. */
export const gcp: Cloud<GcpQuery, GcpImage, GcpSettings, GcpCriteria> = {
  ignoredParameters: ['alt', 'prettyPrint'],

  async connect(context) {
    const { settings, criteria, allCriteria, warn } = context
    const endpoint = settings?.endpoint ?? PUBLIC_HOST
    const { images, options, secrets } = await openCompute(context, endpoint)
    const { project } = criteria
    let listed: Listed[] = []

    /** @returns undefined for an error that is a result */
    async function send<T>(
      query: GcpQuery,
      isResult: (error: unknown) => boolean,
      request: () => Promise<{ readonly data: T }>,
    ): Promise<T | undefined> {
      try {
        return (await request()).data
      } catch (error) {
        if (isResult(error)) return undefined
        throw queryError(error, describe(query), explainQuery)
      }
    }

    /** @returns undefined if the project does not allow its images to be listed */
    async function list(filter: string): Promise<Listed[] | undefined> {
      const query = { project, filter }
      const pages: Listed[][] = []
      const checkPage = createPageCheck(describe(query))
      let pageToken: string | undefined
      do {
        const page = { ...query, maxResults: PAGE_SIZE, ...(pageToken && { pageToken }) }
        const response = await send(query, isForbidden, () => images.list(page, options))
        if (response === undefined) return undefined
        pages.push(readList(response, describe(query)))
        pageToken = response.nextPageToken || undefined
        checkPage(pageToken)
      } while (pageToken !== undefined)
      return pages.flat()
    }

    async function get(image: string): Promise<Listed[] | undefined> {
      const query = { project, name: image }
      const found = await send(query, isNotFound, () => images.get({ project, image }, options))
      if (found !== undefined && found?.name !== image) {
        throw new ServiceError(
          `gcp ${image}: the response is for a different image`,
          'Check HTTPS_PROXY and --gcp-endpoint.',
        )
      }
      return found && [found]
    }

    return {
      async listQueries() {
        const filter = getNameFilter(criteria)
        const found = await list(filter)
        if (found !== undefined) {
          listed = found
          return [{ project, filter }]
        }
        const names = Object.values(criteria.plans).flatMap((plan) => plan.names)
        return [...new Set(names)].map((name) => ({ project, name }))
      },

      async query({ name }) {
        const found = name === undefined ? listed : await get(name)
        return found && readImages(found, criteria, allCriteria.rhel, warn)
      },

      describe,
      identify: (query) => query,
      record: (exchange) =>
        recordGcp(
          exchange,
          originWithPort(endpoint),
          originWithPort(PUBLIC_HOST),
          settings !== undefined,
        ),
      secrets: () => secrets().filter((secret) => secret !== project),
    }
  },
}

async function openCompute(context: Context<GcpSettings, GcpCriteria>, endpoint: string) {
  const { settings, shared, send, signIn: sendSignIn } = context
  const options = toRequestOptions(send)
  if (!settings) {
    const { images } = compute({
      version: 'v1',
      rootUrl: endpoint,
      universeDomain: 'googleapis.com',
    })
    // A recording returns the same response again.
    return { images, options: { retry: false, ...options }, secrets: () => [] }
  }
  const { auth, secrets } = await shared.once('gcp', () => signIn(sendSignIn, PUBLIC_HOST))
  return {
    images: compute({ version: 'v1', rootUrl: endpoint, auth }).images,
    options: { ...options, retry: true, retryConfig: RETRIES },
    secrets: () => [...settings.secrets, ...secrets()],
  }
}

/** A regular expression for the whole name, sorted, as snapshots have the plans in another order. */
function getNameFilter({ plans }: GcpCriteria): string {
  const prefixes = Object.values(plans).map(({ prefix }) => prefix)
  prefixes.sort()
  return `name eq "(${prefixes.join('|')}).*"`
}

function describe({ project, name }: GcpQuery): string {
  return `gcp ${project}${name === undefined ? '' : `/${name}`}`
}
