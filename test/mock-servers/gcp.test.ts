import { request } from 'node:https'
import { compute } from '@googleapis/compute'
import { expect, onTestFinished, test } from 'vitest'
import { startGcp } from './gcp.ts'
import { readFilter } from './gcp-filter.ts'
import { demonstrationImages } from './gcp-images.ts'

/** `fetch` that trusts a certificate. */
function fetchTrusting(ca: string): typeof fetch {
  return (url, { headers } = {}) =>
    new Promise((resolve, reject) => {
      const options = { ca, headers: Object.fromEntries(new Headers(headers)) }
      const sent = request(String(url), options, async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk)
        const type = { 'content-type': 'application/json' }
        resolve(
          new Response(Buffer.concat(chunks), { status: response.statusCode ?? 0, headers: type }),
        )
      })
      sent.on('error', reject).end()
    })
}

test('the SDK lists and gets the images', async () => {
  const project = 'redhat-marketplace-public'
  const images = demonstrationImages()
  const server = await startGcp({ images, gzip: false, listable: true, pageSize: 4, tokens: ['t'] })
  onTestFinished(() => server.close())
  const client = compute({ version: 'v1', rootUrl: server.url })
  const fetchImplementation = fetchTrusting(server.certificate)
  const options = { fetchImplementation, headers: { authorization: 'Bearer t' }, retry: false }
  const names: string[] = []
  let pageToken: string | undefined
  do {
    const page = { project, ...(pageToken && { pageToken }) }
    const { data } = await client.images.list(page, options)
    expect(data.kind).toBe('compute#imageList')
    names.push(...(data.items ?? []).map(({ name }) => name ?? ''))
    pageToken = data.nextPageToken ?? undefined
  } while (pageToken !== undefined)
  expect(names.sort()).toEqual(images.map(({ name }) => name).sort())
  const image = names[0] ?? ''
  const { data } = await client.images.get({ project, image }, options)
  expect(data).toMatchObject({ kind: 'compute#image', name: image, status: 'READY' })
  await expect(client.images.get({ project, image: 'missing' }, options)).rejects.toMatchObject({
    response: { status: 404, data: { error: { code: 404, errors: [{ reason: 'notFound' }] } } },
  })
})

const NAMES = ['coreos-ocp-48', 'coreos-ocp-413', 'coreos-oke-413']

test.each([
  ['', NAMES],
  ['name eq "coreos-ocp-.*"', ['coreos-ocp-48', 'coreos-ocp-413']],
  ['name ne "coreos-ocp-48"', ['coreos-ocp-413', 'coreos-oke-413']],
  ['name eq "ocp"', []],
  ['(name eq ".*(-413).*")(name ne ".*\\\\boke\\\\b.*")', ['coreos-ocp-413']],
  ['(name eq "coreos-(ocp|oke)-413") (name eq ".*k.*")', ['coreos-oke-413']],
])('%s lets through %j', (filter, names) => {
  const terms = readFilter(filter)
  expect(terms && NAMES.filter((name) => terms.every((isFound) => isFound(name)))).toEqual(names)
})
