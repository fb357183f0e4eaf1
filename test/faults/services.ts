import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startAws } from '../stand-in/aws.ts'
import { demonstrationImages as awsImages } from '../stand-in/aws-images.ts'
import { startAzure } from '../stand-in/azure.ts'
import { imagesBeforeBump } from '../stand-in/azure-images.ts'
import { startBuilds } from '../stand-in/builds.ts'
import { makeCertificate } from '../stand-in/certificate.ts'
import { demonstrationBuilds } from '../stand-in/demonstration-builds.ts'
import type { FaultRule } from '../stand-in/faults.ts'
import { startGcp } from '../stand-in/gcp.ts'
import { demonstrationImages as gcpImages } from '../stand-in/gcp-images.ts'
import { startProxy } from '../stand-in/proxy.ts'
import { startServer } from '../stand-in/server.ts'
import { ALL_BUILDS } from '../support/builds.ts'

/** A service that a capture asks, and how it is asked. */
export interface Service {
  /** What of its requests a fault befalls. */
  readonly path: RegExp
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  setFaults(rules: readonly FaultRule[]): void
  close(): Promise<void>
}

/** Each takes a folder for files of its own, in which `rhcos.json` is a stream. */
export const SERVICES: Readonly<Record<string, (folder: string) => Promise<Service>>> = {
  azure: async (folder) => ({ ...(await azure(folder)), path: /skus\/418-v2/ }),
  'azure sign-in': async (folder) => ({ ...(await azure(folder)), path: /oauth2\/v2\.0\/token/ }),
  aws,
  'aws sign-in': awsSignIn,
  gcp: async (folder) => {
    const { environment, url, ...server } = await startGcp({ images: gcpImages() })
    const args = ['--cloud', 'gcp', '--gcp-endpoint', url, '--stream', join(folder, 'rhcos.json')]
    return { ...server, path: /images/, env: environment, args }
  },
  'gcp sign-in': gcpSignIn,
  'build server': async () => {
    const server = await startBuilds(demonstrationBuilds)
    const args = ['--cloud', 'none', '--name', '4.18-9.4', '--url', server.streams, ...ALL_BUILDS]
    return { ...server, path: /s390x/, env: {}, args }
  },
}

async function azure(folder: string): Promise<Omit<Service, 'path'>> {
  const { environment, url, ...server } = await startAzure({ images: imagesBeforeBump() })
  const args = ['--azure-endpoint', url, '--stream', join(folder, 'rhcos.json')]
  return { ...server, env: environment, args }
}

async function aws(folder: string): Promise<Service> {
  const { environment, ...server } = await startAws({ images: awsImages() })
  const args = ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', join(folder, 'rhcos.json')]
  return { ...server, path: /\//, env: environment, args }
}

/** A role by web identity, as a pod of EKS or ROSA has it. */
async function awsSignIn(folder: string): Promise<Service> {
  const ec2 = await startAws({ images: awsImages() })
  const { accessKeyId, secretAccessKey, sessionToken } = ec2.account
  const certificate = await makeCertificate()
  const body = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
  const sts = await startServer(
    () => ({ status: 200, headers: { 'content-type': 'text/xml' }, body }),
    { certificate },
  )
  await writeFile(join(folder, 'token'), 'a.b.c')
  await writeFile(join(folder, 'ca.pem'), `${ec2.certificate}\n${certificate.pem}`)
  const { AWS_ENDPOINT_URL_EC2, NO_PROXY } = ec2.environment
  return {
    path: /\//,
    args: ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', join(folder, 'rhcos.json')],
    env: {
      NO_PROXY,
      AWS_ENDPOINT_URL_EC2,
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ROLE_ARN: 'arn:aws:iam::482915537706:role/somebody',
    },
    setFaults: (rules) => sts.setFaults(rules),
    close: async () => {
      await Promise.all([ec2.close(), sts.close(), certificate.remove()])
    },
  }
}

/** A person's login, behind a proxy that leads to Google's token endpoint. */
async function gcpSignIn(folder: string): Promise<Service> {
  const host = 'oauth2.googleapis.com'
  const compute = await startGcp({ images: gcpImages(), tokens: ['ya29.good'] })
  const certificate = await makeCertificate([host])
  const tokens = await startServer(
    () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: 'ya29.good', expires_in: 3599, token_type: 'Bearer' }),
    }),
    { certificate },
  )
  const proxy = await startProxy({ hosts: { [host]: Number(new URL(tokens.url).port) } })
  const login = {
    type: 'authorized_user',
    client_id: '764086051850.apps.googleusercontent.com',
    client_secret: 'd-not-a-secret',
    refresh_token: '1//not-a-refresh-token',
  }
  await writeFile(join(folder, 'login.json'), JSON.stringify(login))
  await writeFile(join(folder, 'ca.pem'), `${compute.certificate}\n${certificate.pem}`)
  return {
    path: /token/,
    args: ['--cloud', 'gcp', '--gcp-endpoint', compute.url, '--stream', join(folder, 'rhcos.json')],
    env: {
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      NO_PROXY: '127.0.0.1',
      HTTPS_PROXY: proxy.url,
      GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'login.json'),
    },
    setFaults: (rules) => tokens.setFaults(rules),
    close: async () => {
      await Promise.all([compute.close(), tokens.close(), proxy.close(), certificate.remove()])
    },
  }
}
