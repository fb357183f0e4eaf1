import { type Job, regenerate } from '../../src/core/regenerate/regenerate.ts'
import { MarketplaceFile } from '../../src/core/stream/marketplace.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { azureImage, makeSnapshot } from './snapshots.ts'
import { EXAMPLE, smallStream } from './streams.ts'

/** Files in the three formats for marketplace images, regenerated from one snapshot. */
export function streamForms() {
  const paid = azureImage('rh-ocp-worker', '4.18.2024100419')
  const snapshot = makeSnapshot([
    azureImage('418-v2', '418.94.20241009'),
    azureImage('aro_418', '418.94.20241009'),
    azureImage('418-arm', '418.94.20241009'),
    paid,
    { ...paid, plan: 'ocp-emea', publisher: 'redhat-limited' },
  ])
  const make = (job: Partial<Job>) =>
    regenerate({
      snapshot,
      target: readStream(smallStream(EXAMPLE), 'rhcos.json'),
      layouts: [],
      requirement: 'any',
      allowRegression: false,
      ...job,
    })
  const marketplaceFile = MarketplaceFile.read(undefined, 'marketplace.json')
  return {
    'enhancement.json': make({ layouts: ['enhancement'] }).stream.print(),
    'stream-metadata.json': make({ layouts: ['stream-metadata'] }).stream.print(),
    'marketplace.json': make({ marketplaceFile }).marketplaceFile?.print() ?? '',
  }
}
