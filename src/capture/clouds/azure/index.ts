import type { VirtualMachineImagesListOptionalParams } from '@azure/arm-compute'
import type { AzureCriteria, AzureEnvironment, Criteria } from '../../../core/criteria/criteria.ts'
import type { AzureImage, AzureQuery } from '../../../core/snapshot/snapshot.ts'
import { InputError } from '../../../errors.ts'
import { describeFailure } from '../../http/failure.ts'
import { once } from '../../http/shared.ts'
import { originOf } from '../origin.ts'
import type { Cloud, Live } from '../types.ts'
import { openClient } from './client.ts'
import { NO_CREDENTIAL, openCredential } from './credential.ts'
import { ENVIRONMENTS } from './environment.ts'
import { isMissing, readFailure } from './failure.ts'
import { readImages } from './images.ts'
import { type ExpectedSku, expectedSkus } from './queries.ts'
import { recordAzure } from './recording.ts'
import type { AzureSettings } from './settings.ts'

/** Azure's marketplace images, listed SKU by SKU through Microsoft.Compute. */
export const azure: Cloud<ExpectedSku, AzureImage, AzureSettings> = {
  ignoredParameters: ['api-version'],

  async connect(access, criteria, note) {
    if (!hasAzure(criteria)) throw new InputError('the criteria have no azure to ask for')
    const { environment, location } = criteria.azure
    const { endpoint: publicHost } = ENVIRONMENTS[environment]
    const asked = (access.live && access.settings.endpoint) || publicHost
    const { credential, secrets } = access.live
      ? await once(access.shared, `azure ${environment}`, () => signInTo(access, environment))
      : { credential: NO_CREDENTIAL, secrets: [] }
    const client = openClient(access, environment, credential, note)
    const origin = access.live ? access.settings.origin : undefined
    const notes: string[] = []
    const found = { asked: 0, missing: 0 }
    return {
      opening: 'azure',
      queries: async (ocp) => expectedSkus(criteria, ocp),
      describe,
      identify: ({ publisher, offer, sku }) => ({ publisher, offer, sku }),
      record: (exchange) => recordAzure(exchange, originOf(asked), originOf(publicHost)),
      notes: () => [
        ...notes,
        ...(found.asked > 0 && found.missing === found.asked
          ? [`azure: ${location} has none of the ${found.asked} SKUs that were asked for`]
          : []),
      ],
      secrets: () => secrets,

      async ask(query) {
        let body: unknown
        let isAnswered = false
        const options: VirtualMachineImagesListOptionalParams = {
          // The one request that answers architecture, generation and deprecation together.
          expand: 'properties/imageDeprecationStatus',
          // `list` drops the properties from its result, so the answer itself is read.
          onResponse: (response) => {
            body = response.parsedBody
            isAnswered = true
          },
        }
        const { publisher, offer, sku } = query
        found.asked += 1
        try {
          await client.virtualMachineImages.list(location, publisher, offer, sku, options)
        } catch (error) {
          if (isMissing(error)) {
            found.missing += 1
            return undefined
          }
          // The SDK stumbles over an answer that is no list, after it has handed it over.
          if (!(isAnswered && error instanceof TypeError)) {
            throw describeFailure(error, describe(query), (each) => readFailure(each, origin))
          }
        }
        return readImages(body, query, describe(query), (text) => void notes.push(text))
      },
    }
  },
}

function describe({ publisher, offer, sku }: AzureQuery): string {
  return `azure ${publisher}:${offer}:${sku}`
}

function hasAzure(criteria: Criteria): criteria is Criteria & { azure: AzureCriteria } {
  return criteria.azure !== undefined
}

/** Who asks, and what of it must be in no file. */
async function signInTo(access: Live<AzureSettings>, environment: AzureEnvironment) {
  const secrets = secretsOf(access.settings)
  return { secrets, credential: await openCredential(access, environment, secrets) }
}

function secretsOf({ subscription, principal, secrets = [] }: AzureSettings): string[] {
  return [subscription, ...Object.values(principal ?? {}), ...secrets]
}
