import { createHash, randomBytes } from 'node:crypto'
import { type GcpAccount, makeAccount } from './gcp-account.ts'
import type { GcpImage } from './gcp-image.ts'
import {
  type Answer,
  type MockRequest,
  type SecureOptions,
  type SecureServer,
  startSecureServer,
} from './server.ts'

export interface GcpOptions extends SecureOptions {
  images: readonly GcpImage[]
  /** Default `redhat-marketplace-public`. */
  project?: string
  /** Let the images be listed; default false, as the marketplace's project has it. */
  listable?: boolean
  /** No page holds more, whatever the request's `maxResults`; default 500. */
  pageSize?: number
  /** Bearer tokens that are good besides those that the account signs itself. */
  tokens?: readonly string[]
  /** Strings to plant in each image's labels and in each error's message. */
  secrets?: readonly string[]
}

/** A running mock server for the Compute API. */
export interface GcpMockServer extends SecureServer {
  account: GcpAccount
  /** The variables that let a child process trust and sign in to the mock server. */
  environment: Record<'NODE_EXTRA_CA_CERTS' | 'NO_PROXY' | 'GOOGLE_APPLICATION_CREDENTIALS', string>
  setImages(images: readonly GcpImage[]): void
}

/** The names of Google's own codes that newer answers give besides. */
const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
}

const PATH = /^\/compute\/v1\/projects\/([a-z0-9-]+)\/global\/images(?:\/([a-z0-9-]+))?$/

/**
 * Starts an https server that is the Compute API of one project's images.
 *
 * @throws Error where the port cannot be had.
 */
export async function startGcp(options: GcpOptions): Promise<GcpMockServer> {
  const { project = 'redhat-marketplace-public', listable = false, pageSize = 500 } = options
  const { secrets = [], tokens: bearers = [] } = options
  const account = await makeAccount()
  /** Paging tokens, and the position that each stands for. */
  const tokens = new Map<string, number>()
  let images = [...options.images]

  function answer(request: MockRequest): Answer {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const isGood = token !== undefined && (bearers.includes(token) || account.judge(token))
    if (!isGood) return fail(401)
    const [match, asked, name] = PATH.exec(request.path) ?? []
    if (match === undefined || request.method !== 'GET') return fail(404)
    if (asked !== project)
      return error(404, 'notFound', `The resource 'projects/${asked}' was not found`)
    if (name !== undefined) return get(name)
    return listable ? list(request.query) : forbidden('compute.images.list', `projects/${project}`)
  }

  function get(name: string): Answer {
    const image = images.find((each) => each.name === name)
    if (image !== undefined) return json(200, toResource(image))
    const path = `projects/${project}/global/images/${name}`
    return error(404, 'notFound', `The resource '${path}' was not found`)
  }

  function list(query: URLSearchParams): Answer {
    const filter = query.get('filter') ?? ''
    // Of the forms that `images.list` knows, the one that `capture` sends: RE2 of the whole name.
    const [, pattern] = /^name eq "(.*)"$/.exec(filter) ?? []
    if (pattern === undefined && filter !== '') {
      const message = `Invalid value for field 'filter': '${filter}'. Invalid list filter expression.`
      return error(400, 'invalid', message)
    }
    const whole = new RegExp(`^(?:${pattern ?? '.*'})$`)
    const found = images.filter(({ name }) => whole.test(name))
    const token = query.get('pageToken')
    const start = token === null ? 0 : tokens.get(token)
    if (start === undefined) return error(400, 'invalid', 'Invalid value for field page token')
    const end = start + Math.min(Number(query.get('maxResults') ?? 500), pageSize)
    const self = `https://www.googleapis.com/compute/v1/projects/${project}/global/images`
    return json(200, {
      kind: 'compute#imageList',
      id: `projects/${project}/global/images`,
      ...(found.length > 0 && { items: found.slice(start, end).map(toResource) }),
      ...(end < found.length && { nextPageToken: tokenFor(end) }),
      selfLink: self,
    })
  }

  function tokenFor(position: number): string {
    const token = `${account.projectNumber}.${randomBytes(18).toString('base64')}`
    tokens.set(token, position)
    return token
  }

  /** In the order that recorded answers have. */
  function toResource(image: GcpImage): Record<string, unknown> {
    const { name, status = 'READY', architecture, creationTimestamp, ...rest } = image
    return {
      kind: 'compute#image',
      id: String(BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 15)}`)),
      creationTimestamp,
      name,
      ...rest,
      sourceType: 'RAW',
      rawDisk: { source: '', containerType: 'TAR' },
      status,
      archiveSizeBytes: '1085337600',
      diskSizeGb: '16',
      selfLink: `https://www.googleapis.com/compute/v1/projects/${project}/global/images/${name}`,
      labelFingerprint: '42WmSpB8rSM=',
      ...(secrets.length > 0 && { labels: Object.fromEntries(secrets.entries()) }),
      guestOsFeatures: [{ type: 'UEFI_COMPATIBLE' }, { type: 'VIRTIO_SCSI_MULTIQUEUE' }],
      storageLocations: ['us'],
      ...(architecture && { architecture }),
    }
  }

  function forbidden(permission: string, resource: string): Answer {
    return error(403, 'forbidden', `Required '${permission}' permission for '${resource}'`)
  }

  function error(code: number, reason: string, text: string, more: object = {}): Answer {
    const message = [text, ...secrets].join(' ')
    const errors = [{ message, domain: 'global', reason, ...more }]
    const status = STATUSES[code]
    return json(code, { error: { code, message, errors, ...(status && { status }) } })
  }

  function fail(status: number): Answer {
    switch (status) {
      case 401: {
        const more = { location: 'Authorization', locationType: 'header' }
        return error(401, 'authError', 'Request had invalid authentication credentials.', more)
      }
      case 403: {
        const text = `Compute Engine API has not been used in project ${account.projectNumber} before or it is disabled.`
        const help = 'https://console.developers.google.com'
        const more = { domain: 'usageLimits', extendedHelp: help }
        return error(403, 'accessNotConfigured', text, more)
      }
      case 404:
        return error(404, 'notFound', 'Not Found')
      case 429: {
        const text = `Quota exceeded for project_number:${account.projectNumber}`
        return error(429, 'rateLimitExceeded', text)
      }
      default:
        return error(status, 'backendError', 'Internal error. Please try again.')
    }
  }

  const server = await startSecureServer(answer, { gzip: true, ...options, errorAnswer: fail })

  return {
    ...server,
    account,
    environment: {
      NODE_EXTRA_CA_CERTS: server.certificateFile,
      NO_PROXY: '127.0.0.1',
      GOOGLE_APPLICATION_CREDENTIALS: account.file,
    },
    setImages(replacement) {
      images = [...replacement]
    },
    async close() {
      await server.close()
      await account.remove()
    },
  }
}

function json(status: number, body: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', vary: 'Origin' },
    body: `${JSON.stringify(body, undefined, 2)}\n`,
  }
}
