import { createHash, randomBytes } from 'node:crypto'
import { type GcpAccount, makeAccount } from './gcp-account.ts'
import type { GcpImage } from './gcp-image.ts'
import {
  type MockRequest,
  type MockResponse,
  type SecureOptions,
  type SecureServer,
  startSecureServer,
} from './server.ts'

export interface GcpOptions extends SecureOptions {
  images: readonly GcpImage[]
  /** Default: `redhat-marketplace-public`. */
  project?: string
  /** Whether the account may list images. Default: false, as in the marketplace project. */
  listable?: boolean
  /** Upper limit for the request's `maxResults`. Default: 500. */
  pageSize?: number
  /** More valid bearer tokens, in addition to tokens that the account signs. */
  tokens?: readonly string[]
  /** Strings for the labels of images and the messages of errors. */
  secrets?: readonly string[]
}

export interface GcpMockServer extends SecureServer {
  account: GcpAccount
  /** Variables for `capture`: credentials and trusted certificate. */
  environment: Record<'NODE_EXTRA_CA_CERTS' | 'NO_PROXY' | 'GOOGLE_APPLICATION_CREDENTIALS', string>
  setImages(images: readonly GcpImage[]): void
}

/** Google's error codes for HTTP statuses. */
const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
}

const PATH = /^\/compute\/v1\/projects\/([a-z0-9-]+)\/global\/images(?:\/([a-z0-9-]+))?$/

/** Starts a mock server for the Compute API with the images of one project. */
export async function startGcp(options: GcpOptions): Promise<GcpMockServer> {
  const { project = 'redhat-marketplace-public', listable = false, pageSize = 500 } = options
  const { secrets = [], tokens: bearers = [] } = options
  const account = await makeAccount()
  /** The first position of the page, by paging token. */
  const tokens = new Map<string, number>()
  let images = [...options.images]

  function respond(request: MockRequest): MockResponse {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const isValid = token !== undefined && (bearers.includes(token) || account.isValidToken(token))
    if (!isValid) return fail(401)
    const [match, requested, name] = PATH.exec(request.path) ?? []
    if (match === undefined || request.method !== 'GET') return fail(404)
    if (requested !== project)
      return error(404, 'notFound', `The resource 'projects/${requested}' was not found`)
    if (name !== undefined) return get(name)
    return listable ? list(request.query) : forbidden('compute.images.list', `projects/${project}`)
  }

  function get(name: string): MockResponse {
    const image = images.find((each) => each.name === name)
    if (image !== undefined) return json(200, toResource(image))
    const path = `projects/${project}/global/images/${name}`
    return error(404, 'notFound', `The resource '${path}' was not found`)
  }

  function list(query: URLSearchParams): MockResponse {
    const filter = query.get('filter') ?? ''
    // `capture` only uses this filter: a regular expression for the whole name.
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
      ...(end < found.length && { nextPageToken: createToken(end) }),
      selfLink: self,
    })
  }

  function createToken(position: number): string {
    const token = `${account.projectNumber}.${randomBytes(18).toString('base64')}`
    tokens.set(token, position)
    return token
  }

  /** The order is that of recorded responses. */
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

  function forbidden(permission: string, resource: string): MockResponse {
    return error(403, 'forbidden', `Required '${permission}' permission for '${resource}'`)
  }

  function error(code: number, reason: string, text: string, more: object = {}): MockResponse {
    const message = [text, ...secrets].join(' ')
    const errors = [{ message, domain: 'global', reason, ...more }]
    const status = STATUSES[code]
    return json(code, { error: { code, message, errors, ...(status && { status }) } })
  }

  function fail(status: number): MockResponse {
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

  const server = await startSecureServer(respond, {
    gzip: true,
    ...options,
    errorResponse: fail,
  })

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

function json(status: number, body: unknown): MockResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', vary: 'Origin' },
    body: `${JSON.stringify(body, undefined, 2)}\n`,
  }
}
