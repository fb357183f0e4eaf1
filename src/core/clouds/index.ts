import type { CloudName } from '../snapshot/snapshot.ts'
import { aws } from './aws.ts'
import { azure } from './azure.ts'
import type { CloudFacts } from './facts.ts'
import { gcp } from './gcp.ts'

export const FACTS: Readonly<Record<CloudName, CloudFacts>> = { azure, aws, gcp }
