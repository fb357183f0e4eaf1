import type { VirtualMachineImagesListOptionalParams } from '@azure/arm-compute'
import type { AzureCriteria, Criteria } from '../../../core/criteria/criteria.ts'
import type { AzureImage, AzureQuery } from '../../../core/snapshot/snapshot.ts'
import { InputError } from '../../../errors.ts'
import { originOf } from '../origin.ts'
import type { Cloud } from '../types.ts'
import { NO_CREDENTIAL, openClient, openCredential } from './client.ts'
import { ENVIRONMENTS } from './environment.ts'
import { describeFailure, isMissing } from './failure.ts'
import { readImages } from './images.ts'
import { type ExpectedSku, expectedSkus } from './queries.ts'
import { recordAzure } from './recording.ts'
import type { AzureSettings } from './settings.ts'

/** Azure's marketplace images, listed SKU by SKU through Microsoft.Compute. */
export const azure: Cloud<ExpectedSku, AzureImage, AzureSettings> = {
  ignoredParameters: ['api-version'],

  async connect(access, criteria) {
    if (!hasAzure(criteria)) throw new InputError('the criteria have no azure to ask for')
    const { environment, location } = criteria.azure
    const { endpoint: publicHost } = ENVIRONMENTS[environment]
    const asked = (access.live && access.settings.endpoint) || publicHost
    const secrets = access.live ? secretsOf(access.settings) : []
    const credential = access.live
      ? remembering((onFailure) => openCredential(access, environment, onFailure), secrets)
      : NO_CREDENTIAL
    const client = openClient(access, environment, credential)
    let answers = 0
    return {
      queries: async (ocp) => expectedSkus(criteria, ocp),
      describe,
      identify: ({ publisher, offer, sku }) => ({ publisher, offer, sku }),
      record: (exchange) => recordAzure(exchange, originOf(asked), originOf(publicHost)),
      answers: () => answers,
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
        try {
          await client.virtualMachineImages.list(location, publisher, offer, sku, options)
        } catch (error) {
          if (isMissing(error)) {
            answers += 1
            return undefined
          }
          // The SDK stumbles over an answer that is no list, after it has handed it over.
          if (!(isAnswered && error instanceof TypeError)) {
            throw describeFailure(error, describe(query))
          }
        }
        answers += 1
        return readImages(body, query, describe(query))
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

function secretsOf({ subscription, principal, secrets = [] }: AzureSettings): string[] {
  return [subscription, ...Object.values(principal ?? {}), ...secrets]
}

type Credential = ReturnType<typeof openCredential>

/**
 * Keeps each token that was used, so that the capture can make sure it is in no file, and what the
 * last request for one failed of, which the library leaves out of its error.
 */
function remembering(
  open: (onFailure: (error: unknown) => void) => Credential,
  secrets: string[],
): Credential {
  let failure: unknown
  const credential = open((error) => {
    failure = error
  })
  return {
    async getToken(scopes, options) {
      try {
        const token = await credential.getToken(scopes, options)
        if (token) secrets.push(token.token)
        return token
      } catch (error) {
        if (error instanceof Error) error.cause ??= failure
        throw error
      }
    },
  }
}
