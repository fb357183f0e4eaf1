import { generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An invented service account with a key file for application default credentials. */
export interface GcpAccount {
  email: string
  projectId: string
  projectNumber: string
  keyId: string
  /** The path for `GOOGLE_APPLICATION_CREDENTIALS`. */
  file: string
  /** Whether a bearer token is a valid JWT that is signed with the account's key. */
  isValidToken(token: string): boolean
  /** Removes the file. */
  remove(): Promise<void>
}

let keys: ReturnType<typeof makeKeys> | undefined

const makeKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

export async function makeAccount(): Promise<GcpAccount> {
  // The accounts of a process share one key, because generating an RSA key is slow.
  keys ??= makeKeys()
  const { publicKey, privateKey } = keys
  const projectId = 'mock-server-project-417'
  const email = `somebody@${projectId}.iam.gserviceaccount.com`
  const keyId = randomBytes(20).toString('hex')
  const folder = await mkdtemp(join(tmpdir(), 'mock-server-'))
  const file = join(folder, 'key.json')
  const key = {
    type: 'service_account',
    project_id: projectId,
    private_key_id: keyId,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: email,
    client_id: '104729556813370214482',
    token_uri: 'https://oauth2.googleapis.com/token',
    universe_domain: 'googleapis.com',
  }
  await writeFile(file, JSON.stringify(key, undefined, 2), { mode: 0o600 })
  return {
    email,
    projectId,
    projectNumber: '730114925586',
    keyId,
    file,
    isValidToken: (token) => isSigned(token, publicKey, email),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function isSigned(token: string, key: KeyObject, email: string): boolean {
  const [header = '', claims = '', signature = ''] = token.split('.')
  if (signature === '') return false
  const signed = Buffer.from(`${header}.${claims}`)
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) return false
  const { iss, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))
  return iss === email && exp * 1000 > Date.now()
}
