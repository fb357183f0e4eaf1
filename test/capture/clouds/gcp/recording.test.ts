import { describe, expect, it } from 'vitest'
import { recordGcp } from '../../../../src/capture/clouds/gcp/images.ts'
import type { Exchange } from '../../../../src/capture/http/message.ts'

const IMAGES = '/compute/v1/projects/redhat-marketplace-public/global/images'
const PUBLIC = 'https://compute.googleapis.com:443'
const ENDPOINT = 'https://127.0.0.1:8445'

const record = (rest: Partial<Exchange>) =>
  recordGcp(
    { scope: ENDPOINT, method: 'GET', path: IMAGES, status: 200, response: {}, ...rest },
    ENDPOINT,
    PUBLIC,
  )

describe('recordGcp', () => {
  it('keeps only the known keys of an image', () => {
    const response = {
      name: 'redhat-coreos-ocp-413',
      status: 'READY',
      selfLink: 'https://www.googleapis.com/compute/v1/projects/730114925586',
      labels: { caller: 'somebody@example.com' },
    }
    expect(record({ path: `${IMAGES}/redhat-coreos-ocp-413?alt=json&key=AIza`, response })).toEqual(
      {
        scope: PUBLIC,
        method: 'GET',
        path: `${IMAGES}/redhat-coreos-ocp-413`,
        status: 200,
        response: { name: 'redhat-coreos-ocp-413', status: 'READY' },
      },
    )
  })

  it('keeps only values in the documented form of Compute', () => {
    const image = {
      kind: 'compute#image',
      name: 'redhat-coreos-ocp-413',
      description: 'OpenShift\n413.92.202305021736-0',
      creationTimestamp: '2023-05-09T15:12:40.000-07:00',
      status: 'READY',
      architecture: 'X86_64',
      deprecated: { state: 'ACTIVE', obsolete: '2030-01-01T00:00:00Z' },
    }
    const malformed = {
      kind: '# x',
      name: 'redhat-coreos-opp-413',
      description: '\u202e',
      creationTimestamp: 'yesterday',
      status: '\u001b[31m',
      architecture: 'constructor',
      deprecated: { state: 'a b', obsolete: 'soon' },
    }
    const response = {
      kind: 'compute#imageList',
      items: [image, malformed, { ...image, name: 'Redhat' }, { ...image, name: 'x'.repeat(64) }],
    }
    expect(record({ response })?.response).toEqual({
      kind: 'compute#imageList',
      items: [
        { ...image, description: '413.92.202305021736-0' },
        { name: 'redhat-coreos-opp-413', deprecated: { obsolete: 'unreadable' } },
      ],
    })
  })

  it('keeps only the known codes of an error', () => {
    const errors = [
      { domain: 'global', reason: 'forbidden' },
      { domain: 'a b', reason: 'AIzaSyA' },
    ]
    const error = { code: '403', errors }
    expect(record({ status: 403, response: { error } })?.response).toEqual({
      error: { errors: [{ domain: 'global', reason: 'forbidden' }, {}] },
    })
  })

  it('replaces a page token with the same digest in the response and in the next request', () => {
    const returned = record({ response: { items: [], nextPageToken: '730114925586/opaque' } })
    const sent = record({ path: `${IMAGES}?pageToken=730114925586%2Fopaque` })
    const nextPageToken = (returned?.response as { nextPageToken?: string } | undefined)
      ?.nextPageToken
    expect(nextPageToken).toMatch(/^[0-9a-f]{32}$/)
    expect(sent?.path).toBe(`${IMAGES}?pageToken=${nextPageToken}`)
  })

  it('keeps a forbidden list without the message, which names the caller', () => {
    const error = { code: 403, message: '730114925586', errors: [{ reason: 'forbidden' }] }
    expect(record({ status: 403, response: { error } })?.response).toEqual({
      error: { code: 403, errors: [{ reason: 'forbidden' }] },
    })
  })

  it.each([
    ['a token', { scope: 'https://oauth2.googleapis.com:443', path: '/token', method: 'POST' }],
    ['metadata', { scope: 'http://169.254.169.254:80', path: '/computeMetadata/v1/instance' }],
    ['an attempt that was retried', { status: 503 }],
    ['a forbidden single image', { path: `${IMAGES}/one`, status: 403 }],
  ])('drops %s', (_, rest) => {
    expect(record(rest)).toBeUndefined()
  })
})
