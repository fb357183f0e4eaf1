import type { CloudName } from '../snapshot/snapshot.ts'
import { aws } from './aws.ts'
import { azure } from './azure.ts'
import type { CloudFacts } from './facts.ts'
import { gcp } from './gcp.ts'

const ALL = { azure, aws, gcp } satisfies Record<CloudName, CloudFacts>

export const FACTS: Readonly<Record<CloudName, CloudFacts>> = ALL
