import type { Entry } from '../../layouts/entry.ts'
import { nameOf } from '../../layouts/names.ts'
import type { CloudName } from '../../snapshot/snapshot.ts'

/**
 * What the cloud's API calls an image: an AMI id; `projects/P/global/images/N`; and on Azure the
 * resource id from `/Providers` on, as what stands before that is the subscription of who asks.
 *
 * @param location an Azure region: the images are global, but each region answers for them
 */
export function imageId(cloud: CloudName, entry: Entry, location: string): string {
  if (cloud !== 'azure') return nameOf(cloud, entry)
  const { publisher, offer, sku, version } = entry
  return [
    `/Providers/Microsoft.Compute/Locations/${location}`,
    `Publishers/${publisher}/ArtifactTypes/VMImage`,
    `Offers/${offer}/Skus/${sku}/Versions/${version}`,
  ].join('/')
}
