import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

export interface Certificate {
  /** The private key, PEM. It is never written to disk. */
  key: string
  /** The certificate for 127.0.0.1 and localhost, PEM. */
  pem: string
  /** A file with the same PEM, for `NODE_EXTRA_CA_CERTS`. */
  file: string
  /** Removes the file. */
  remove(): Promise<void>
}

/**
 * Creates a self-signed certificate and writes it to a new temporary folder. Without `hosts`,
 * returns the certificate that Vitest's global setup created, which all test processes trust.
 * @param hosts more host names, for clients that connect through a proxy
 */
export async function makeCertificate(hosts: readonly string[] = []): Promise<Certificate> {
  const shared = process.env.TEST_CERTIFICATE
  if (shared !== undefined && hosts.length === 0) {
    return { ...JSON.parse(shared), remove: async () => undefined }
  }
  // Not loaded by tests that use the shared certificate.
  const { generate } = await import('selfsigned')
  const now = Date.now()
  // Unique, because clients that trust several certificates find them by name.
  const name = `mock server ${randomBytes(6).toString('hex')}`
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    // Faster to generate than an RSA key.
    keyType: 'ec',
    algorithm: 'sha256',
    // Also valid for clients with a slow clock.
    notBeforeDate: new Date(now - HOUR),
    notAfterDate: new Date(now + WEEK),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          ...hosts.map((value) => ({ type: 2 as const, value })),
        ],
      },
    ],
  })
  // With a final newline, so that files can be concatenated.
  const pem = `${cert.trim()}\n`
  const folder = await mkdtemp(join(tmpdir(), 'mock-server-'))
  const file = join(folder, 'certificate.pem')
  await writeFile(file, pem)
  return { key, pem, file, remove: () => rm(folder, { recursive: true, force: true }) }
}
