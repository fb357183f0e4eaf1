import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { capture } from '../../src/capture/capture.ts'
import { replayOf } from '../../src/capture/verify.ts'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import { readSnapshot } from '../../src/core/snapshot/read.ts'

it('a list of a million images ends with the limit', async () => {
  const file = new URL('../../snapshots/rhcos-4.18.json', import.meta.url)
  const request = replayOf(readSnapshot(await readFile(file, 'utf8'), 's.json'), [])
  const items = Array.from({ length: 1_000_000 }, () => ({ name: 'a' }))
  const list = { kind: 'compute#imageList', items }
  const plans = Object.values(BUILT_IN.gcp?.plans ?? {})
  const prefixes = plans.map(({ prefix }) => prefix).sort()
  const filter = encodeURIComponent(`name eq "(${prefixes.join('|')}).*"`)
  const exchange = {
    scope: 'https://compute.googleapis.com:443',
    method: 'GET',
    path: `/compute/v1/projects/redhat-marketplace-public/global/images?filter=${filter}&maxResults=500`,
    status: 200,
    response: list,
  }
  const huge = { ...request, criteria: BUILT_IN, builds: [], clouds: ['gcp'] as const }
  await expect(capture({ ...huge, replay: [exchange] })).rejects.toMatchObject({
    exitCode: 3,
    message: 'gcp redhat-marketplace-public: the response is longer than 8 MB (RESPONSE_TOO_LONG)',
  })
})
