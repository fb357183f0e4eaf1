// Lists one SKU as the environment says, and prints the answer's body.
import { ComputeManagementClient } from '@azure/arm-compute'
import { ClientSecretCredential } from '@azure/identity'

const [endpoint = '', sku = ''] = process.argv.slice(2)
const {
  AZURE_TENANT_ID = '',
  AZURE_CLIENT_ID = '',
  AZURE_CLIENT_SECRET = '',
  AZURE_SUBSCRIPTION_ID = '',
} = process.env
const credential = new ClientSecretCredential(
  AZURE_TENANT_ID,
  AZURE_CLIENT_ID,
  AZURE_CLIENT_SECRET,
  // Microsoft would be asked about the mock server; a proxy may lead from there to here.
  { disableInstanceDiscovery: process.env.HTTPS_PROXY === undefined },
)
const client = new ComputeManagementClient(credential, AZURE_SUBSCRIPTION_ID, { endpoint })
await client.virtualMachineImages.list('eastus', 'azureopenshift', 'aro4', sku, {
  expand: 'properties/imageDeprecationStatus',
  onResponse: ({ bodyAsText }) => process.stdout.write(bodyAsText ?? ''),
})
