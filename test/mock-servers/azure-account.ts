/** The credentials that the mock server for Azure accepts. */
export interface AzureAccount {
  tenantId: string
  clientId: string
  clientSecret: string
  /** A certificate that is registered for the client, PEM. */
  certificate?: string
  /** The ID of the service principal in error messages and headers. */
  objectId: string
  subscriptionId: string
}

/** Invented values. They differ from the zeros that replace account data in recordings. */
export const DEMONSTRATION_ACCOUNT: AzureAccount = {
  tenantId: '7e4a91c2-3d58-4b6f-9a10-52c8de7713f4',
  clientId: 'b31f0c7d-86e2-4f95-a7d3-0e9c4461ab28',
  clientSecret: 'Zq8~mock-server.not.a.secret~4mXw1Rk7',
  objectId: '5d2c7e88-1f4b-4c03-8e6a-93b7f0d1c6e5',
  subscriptionId: 'c9a6d5e1-0b72-4e38-b4f9-6817a2d03c5b',
}
