import { parseText } from '../json/parser.ts'
import { checkSchema, refuseLaterVersion } from '../schemas/check.ts'
import builtIn from './criteria.json' with { type: 'json' }
import type { Criteria } from './criteria.ts'

export const BUILT_IN = withoutSchema(builtIn) as Criteria

export function readCriteria(text: string, file: string): Criteria {
  const value = parseText(text, file)
  refuseLaterVersion(value, file)
  checkSchema('criteria', value, file)
  return withoutSchema(value as object) as Criteria
}

/** `$schema` is for editors only. */
function withoutSchema(file: object): object {
  const { $schema: _, ...criteria } = file as { $schema?: string }
  return criteria
}

export const BUILD_SERVERS = {
  rhcos: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams',
  fcos: 'https://builds.coreos.fedoraproject.org/prod/streams',
} as const

/** The distribution of a build server; rhcos for an unknown server. */
export function inferDistro(url: string | undefined): keyof typeof BUILD_SERVERS {
  return url === BUILD_SERVERS.fcos ? 'fcos' : 'rhcos'
}
