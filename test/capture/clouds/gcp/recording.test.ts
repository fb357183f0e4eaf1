import type { Definition } from 'nock'
import { describe, expect, it } from 'vitest'
import { recordGcp } from '../../../../src/capture/clouds/gcp/recording.ts'

const IMAGES = '/compute/v1/projects/redhat-marketplace-public/global/images'
const PUBLIC = 'https://compute.googleapis.com:443'
const ASKED = 'https://127.0.0.1:8445'

const record = (rest: Partial<Definition>) =>
  recordGcp(
    { scope: ASKED, method: 'GET', path: IMAGES, status: 200, response: {}, ...rest } as Definition,
    ASKED,
    PUBLIC,
  )

describe('recordGcp', () => {
  it('keeps what is known of an image and nothing else', () => {
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

  it('gives a page token the same digest where it is given and where it is used', () => {
    const given = record({ response: { items: [], nextPageToken: '730114925586/opaque' } })
    const used = record({ path: `${IMAGES}?pageToken=730114925586%2Fopaque` })
    const nextPageToken = (given?.response as { nextPageToken?: string } | undefined)?.nextPageToken
    expect(nextPageToken).toMatch(/^[0-9a-f]{32}$/)
    expect(used?.path).toBe(`${IMAGES}?pageToken=${nextPageToken}`)
  })

  it('keeps that listing is forbidden without the words that name the caller', () => {
    const error = { code: 403, message: '730114925586', errors: [{ reason: 'forbidden' }] }
    expect(record({ status: 403, response: { error } })?.response).toEqual({
      error: { code: 403, errors: [{ reason: 'forbidden' }] },
    })
  })

  it.each([
    ['a token', { scope: 'https://oauth2.googleapis.com:443', path: '/token', method: 'POST' }],
    ['metadata', { scope: 'http://169.254.169.254:80', path: '/computeMetadata/v1/instance' }],
    ['an attempt that was repeated', { status: 503 }],
    ['a refusal of a single image', { path: `${IMAGES}/one`, status: 403 }],
  ])('leaves out %s', (_, rest) => {
    expect(record(rest)).toBeUndefined()
  })
})
