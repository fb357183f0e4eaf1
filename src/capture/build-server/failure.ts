import type { PipelineResponse } from '@azure/core-rest-pipeline'
import { ServiceError } from '../../errors.ts'
import { remedyFor } from '../http/failure.ts'

/** A server of objects says 403 as well for what it does not have. */
const MISSING = [403, 404, 410]

/** Says in one line what a build server answered instead of a meta.json. */
export function describeStatus({ status }: PipelineResponse, url: string): ServiceError {
  if (MISSING.includes(status)) {
    return new ServiceError(
      `${url}: answered ${status}: the build server does not have this build`,
      'Check the version, --name and --url: the URL is URL/NAME/builds/VERSION/ARCH/meta.json.',
    )
  }
  if (status >= 300 && status < 400) {
    return new ServiceError(
      `${url}: answered ${status}, a redirect, which is not followed`,
      'Name the build server that it leads to with --url.',
    )
  }
  return new ServiceError(`${url}: answered ${status}`, remedyFor(status) ?? 'Check --url.')
}
