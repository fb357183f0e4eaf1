import { makeCertificate } from '../mock-servers/certificate.ts'

/**
 * Vitest's global setup: one certificate for all mock servers. It is set before the workers start,
 * so that commands can run in the workers.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { key, pem, file, remove } = await makeCertificate()
  process.env.TEST_CERTIFICATE = JSON.stringify({ key, pem, file })
  process.env.NODE_EXTRA_CA_CERTS = file
  return remove
}
