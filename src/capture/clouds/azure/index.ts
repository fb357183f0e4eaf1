import {
  ComputeManagementClient,
  type VirtualMachineImagesListOptionalParams,
} from '@azure/arm-compute'
import {
  type AzureCriteria,
  type Criteria,
  isNamedByOcp,
  skuName,
} from '../../../core/criteria/criteria.ts'
import type { AzureImage, AzureQuery } from '../../../core/snapshot/snapshot.ts'
import { earlierOcps, type MajorMinor, printMajorMinor } from '../../../core/versions/version.ts'
import { InputError } from '../../../errors.ts'
import { coreClient } from '../../http/core-client.ts'
import { queryError } from '../../http/errors.ts'
import { originWithPort } from '../../http/message.ts'
import type { Cloud, Context } from '../cloud.ts'
import { explainQuery, isNotFound } from './errors.ts'
import { type ExpectedSku, readImages } from './images.ts'
import { NO_ID, recordAzure } from './recording.ts'
import { type AzureSettings, ENVIRONMENTS } from './settings.ts'
import { NO_CREDENTIAL, signIn } from './sign-in.ts'

/** Azure's marketplace images: one query of Microsoft.Compute for each SKU. */
export const azure: Cloud<ExpectedSku, AzureImage, AzureSettings> = {
  ignoredParameters: ['api-version'],

  async connect(context) {
    const { access, criteria, warn } = context
    if (!hasAzure(criteria)) throw new InputError('the criteria have no azure')
    const { environment, location } = criteria.azure
    const { endpoint: publicHost } = ENVIRONMENTS[environment]
    const endpoint = (access.live && access.settings.endpoint) || publicHost
    const { secrets, client } = await openClient(context, criteria.azure, endpoint)

    return {
      listQueries: async (ocp) => expectedSkus(criteria, ocp),
      describe,
      identify: ({ publisher, offer, sku }) => ({ publisher, offer, sku }),
      record: (exchange) =>
        recordAzure(exchange, originWithPort(endpoint), originWithPort(publicHost)),
      secrets: () => secrets,

      async query(sku) {
        const received: { body?: unknown } = {}
        const options: VirtualMachineImagesListOptionalParams = {
          // The only request that returns architecture, generation and deprecation together.
          expand: 'properties/imageDeprecationStatus',
          // `list` drops the properties from its result, so the response itself is read.
          onResponse: ({ parsedBody }) => Object.assign(received, { body: parsedBody }),
        }
        try {
          await client.virtualMachineImages.list(
            location,
            sku.publisher,
            sku.offer,
            sku.sku,
            options,
          )
        } catch (error) {
          if (isNotFound(error)) return undefined
          // The SDK fails with a TypeError if the response is not a list; `readImages` reports that.
          if (!('body' in received && error instanceof TypeError)) {
            throw queryError(error, describe(sku), (each) =>
              explainQuery(each, { location, environment }),
            )
          }
        }
        return readImages(received.body, sku, describe(sku), warn)
      },
    }
  },
}

/** Microsoft.Compute of an environment, signed in once for all captures of a run. */
async function openClient(
  { access, shared, send, signIn: sendSignIn }: Context<AzureSettings>,
  { environment }: AzureCriteria,
  endpoint: string,
) {
  const hosts = ENVIRONMENTS[environment]
  const secrets: string[] = []
  const open = async () => {
    if (!access.live) return { secrets, credential: NO_CREDENTIAL }
    const { subscription, principal, secrets: known } = access.settings
    secrets.push(subscription, ...Object.values(principal ?? {}), ...known)
    return { secrets, credential: await signIn(access, hosts, sendSignIn, secrets) }
  }
  const signedIn = await shared.once(`azure ${environment}`, open)
  const client = new ComputeManagementClient(
    signedIn.credential,
    access.live ? access.settings.subscription : NO_ID,
    {
      endpoint,
      httpClient: coreClient(send),
      // Otherwise the client requests a token of the public cloud.
      credentials: { scopes: [hosts.scope] },
      // A recording returns the same response again.
      ...(!access.live && { retryOptions: { maxRetries: 0 } }),
      redirectOptions: { maxRetries: 0 },
    },
  )
  return { client, secrets: signedIn.secrets }
}

function describe({ publisher, offer, sku }: AzureQuery): string {
  return `azure ${publisher}:${offer}:${sku}`
}

function hasAzure(criteria: Criteria): criteria is Criteria & { azure: AzureCriteria } {
  return criteria.azure !== undefined
}

/**
 * The SKUs of the OCP version and of the versions before it, under every name in the criteria, each
 * once however many plans or slots need it.
 */
function expectedSkus(
  criteria: Criteria & { azure: AzureCriteria },
  ocp: MajorMinor,
): ExpectedSku[] {
  const versions = [ocp, ...earlierOcps(criteria.rhel, ocp, criteria.earlierMinors)]
  const all = Object.entries(criteria.azure.plans).flatMap(([plan, { publisher, offer, skus }]) =>
    skus.flatMap((sku) =>
      (isNamedByOcp(sku) ? versions : [undefined]).flatMap((version): ExpectedSku[] => {
        const name = skuName(sku, version ?? ocp)
        if (name === undefined) return []
        const { architecture, generation } = sku
        const named = version && { ocp: printMajorMinor(version) }
        return [{ plan, publisher, offer, sku: name, architecture, generation, ...named }]
      }),
    ),
  )
  // Azure compares names in any case.
  const key = (each: AzureQuery) => describe(each).toLowerCase()
  return [...new Map(all.map((each) => [key(each), each])).values()]
}
