import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

/** What an https mock server shows its clients, and the file by which they learn to trust it. */
export interface Certificate {
  /** The private key, PEM. It never touches the disk. */
  key: string
  /** The certificate for 127.0.0.1 and localhost, PEM. */
  pem: string
  /** The same PEM in a file, for `NODE_EXTRA_CA_CERTS`. */
  file: string
  /** Removes the file. */
  remove(): Promise<void>
}

/**
 * Makes a self-signed certificate and writes it to a temporary folder of its own.
 *
 * It begins an hour ago, so that a client whose clock is slow accepts it, and ends in a week, so
 * that a forgotten one does no harm.
 *
 * The tests share one, which their processes trust from the start.
 *
 * @param hosts for whom it is besides, behind a proxy that leads to them
 */
export async function makeCertificate(hosts: readonly string[] = []): Promise<Certificate> {
  const shared = process.env.TEST_CERTIFICATE
  if (shared !== undefined && hosts.length === 0) {
    return { ...JSON.parse(shared), remove: async () => undefined }
  }
  // Tests that share a certificate need not load it.
  const { generate } = await import('selfsigned')
  const now = Date.now()
  // Of its own, or a client that trusts several would take one for another.
  const name = `mock server ${randomBytes(6).toString('hex')}`
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    // An RSA key takes long enough to make that each test would feel it.
    keyType: 'ec',
    algorithm: 'sha256',
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
  // With an end to its last line, so that whoever puts files together gets one that can be read.
  const pem = `${cert.trim()}\n`
  const folder = await mkdtemp(join(tmpdir(), 'mock-server-'))
  const file = join(folder, 'certificate.pem')
  await writeFile(file, pem)
  return { key, pem, file, remove: () => rm(folder, { recursive: true, force: true }) }
}
