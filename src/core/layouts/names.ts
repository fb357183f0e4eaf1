import type { CloudName } from '../snapshot/snapshot.ts'
import type { Entry } from './entry.ts'

/** What each cloud's tools call an image: a URN, an AMI, a path of the Compute API. */
const NAMES: Readonly<Record<CloudName, (entry: Entry) => string>> = {
  azure: ({ publisher, offer, sku, version }) => [publisher, offer, sku, version].join(':'),
  aws: ({ image }) => String(image),
  gcp: ({ project, name }) => `projects/${project}/global/images/${name}`,
}

export function nameOf(cloud: CloudName, entry: Entry): string {
  return NAMES[cloud](entry)
}
