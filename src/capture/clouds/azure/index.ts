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
import { coreClient } from '../../http/core-client.ts'
import { queryError } from '../../http/errors.ts'
import { originWithPort } from '../../http/message.ts'
import type { Cloud, Context } from '../cloud.ts'
import { explainQuery, isNotFound } from './errors.ts'
import { type ExpectedSku, NO_ID, readImages, recordAzure } from './images.ts'
import { type AzureSettings, ENVIRONMENTS } from './settings.ts'
import { NO_CREDENTIAL, signIn } from './sign-in.ts'

/** Sends one query to Microsoft.Compute for each SKU. */
export const azure: Cloud<ExpectedSku, AzureImage, AzureSettings, AzureCriteria> = {
  ignoredParameters: ['api-version'],

  async connect(context) {
    const { settings, criteria, allCriteria, warn } = context
    const { environment, location } = criteria
    const { endpoint: publicHost } = ENVIRONMENTS[environment]
    const endpoint = settings?.endpoint ?? publicHost
    const { secrets, client } = await openClient(context, endpoint)

    return {
      listQueries: async (ocp) => listSkus(allCriteria, criteria, ocp),
      describe,
      identify: ({ publisher, offer, sku }) => ({ publisher, offer, sku }),
      record: (exchange) =>
        recordAzure(exchange, originWithPort(endpoint), originWithPort(publicHost)),
      secrets: () => secrets,

      async query(sku) {
        const received: { body?: unknown } = {}
        const options: VirtualMachineImagesListOptionalParams = {
          expand: 'properties/imageDeprecationStatus',
          // `list` drops the properties from its result, so the response is read.
          onResponse: ({ parsedBody }) => Object.assign(received, { body: parsedBody }),
        }
        try {
          const { publisher, offer, sku: name } = sku
          await client.virtualMachineImages.list(location, publisher, offer, name, options)
        } catch (error) {
          if (isNotFound(error)) return undefined
          // The SDK throws a TypeError if the response is not a list; `readImages` reports that.
          if (!('body' in received && error instanceof TypeError)) {
            throw queryError(error, describe(sku), (each) => explainQuery(each, criteria))
          }
        }
        return readImages(received.body, sku, describe(sku), warn)
      },
    }
  },
}

async function openClient(context: Context<AzureSettings, AzureCriteria>, endpoint: string) {
  const { settings, timeout, criteria, shared, send, signIn: sendSignIn } = context
  const { environment } = criteria
  const hosts = ENVIRONMENTS[environment]
  const { credential, secrets } = settings
    ? await shared.once(`azure ${environment}`, () => signIn(settings, timeout, hosts, sendSignIn))
    : { credential: NO_CREDENTIAL, secrets: [] }
  const client = new ComputeManagementClient(credential, settings?.subscription ?? NO_ID, {
    endpoint,
    httpClient: coreClient(send),
    // Otherwise the client requests a token of the public cloud.
    credentials: { scopes: [hosts.scope] },
    // A recording returns the same response again.
    ...(!settings && { retryOptions: { maxRetries: 0 } }),
    redirectOptions: { maxRetries: 0 },
  })
  return { client, secrets }
}

function describe({ publisher, offer, sku }: AzureQuery): string {
  return `azure ${publisher}:${offer}:${sku}`
}

/** The SKUs of the OCP version and of the versions before it, under every name in the criteria. */
function listSkus(
  { rhel, earlierMinors }: Criteria,
  { plans }: AzureCriteria,
  ocp: MajorMinor,
): ExpectedSku[] {
  const versions = [ocp, ...earlierOcps(rhel, ocp, earlierMinors)]
  const all = Object.entries(plans).flatMap(([plan, { publisher, offer, skus }]) =>
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
  // Azure ignores case in names.
  return [...new Map(all.map((each) => [describe(each).toLowerCase(), each])).values()]
}
