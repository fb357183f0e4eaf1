import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startAws } from '../mock-servers/aws.ts'
import { demonstrationImages as awsImages } from '../mock-servers/aws-images.ts'
import { startAzure } from '../mock-servers/azure.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { startGcp } from '../mock-servers/gcp.ts'
import { demonstrationImages as gcpImages } from '../mock-servers/gcp-images.ts'
import { startProxy } from '../mock-servers/proxy.ts'
import { startSecureServer } from '../mock-servers/server.ts'
import { json } from '../support/sign-in.ts'
import { getStreamOption, type Service, startBehindForwarder } from './services.ts'

const ACCESS_TOKEN = 'ya29.plantedTokenForTests'
const REFRESH_TOKEN = '1//planted-refresh-token-for-tests'
const ASSERTION = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZA'

const localhost = (url: string) => url.replace('127.0.0.1', 'localhost')

/** One sign-in method for each cloud; `sign-ins.test.ts` tests all methods. */
export const SIGN_INS: Readonly<Record<string, (folder: string) => Promise<Service>>> = {
  'Azure with a secret': async (folder) => {
    const server = await startAzure({ images: imagesBeforeBump() })
    return startBehindForwarder(server, {
      path: /oauth2\/v2\.0\/token/,
      args: ['--azure-endpoint', localhost(server.url), ...getStreamOption(folder)],
      env: server.environment,
      trusted: [server.certificate],
      secrets: [server.account.clientSecret, server.account.subscriptionId],
    })
  },

  'AWS with a web identity': async (folder) => {
    await writeFile(join(folder, 'assertion'), ASSERTION)
    const ec2 = await startAws({ images: awsImages() })
    const { accessKeyId, secretAccessKey, sessionToken } = ec2.account
    const sts = await startSecureServer(() => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    }))
    const service = {
      path: /\//,
      args: ['--cloud', 'aws', '--regions', 'us-east-1', ...getStreamOption(folder)],
      env: {
        AWS_ENDPOINT_URL_EC2: localhost(ec2.url),
        AWS_ENDPOINT_URL_STS: sts.url,
        AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'assertion'),
        AWS_ROLE_ARN: 'arn:aws:iam::482915537706:role/somebody',
        HOME: folder,
      },
      trusted: [ec2.certificate, sts.certificate],
      secrets: [accessKeyId, secretAccessKey, sessionToken, ASSERTION],
    }
    return startBehindForwarder(sts, service, [ec2])
  },

  'Google with a user login': async (folder) => {
    const host = 'oauth2.googleapis.com'
    const hosts: Record<string, number> = {}
    const proxy = await startProxy({ hosts })
    const login = {
      type: 'authorized_user',
      client_id: '764086051850.apps.googleusercontent.com',
      client_secret: 'd-not-a-secret',
      refresh_token: REFRESH_TOKEN,
    }
    await writeFile(join(folder, 'login.json'), JSON.stringify(login))
    const compute = await startGcp({ images: gcpImages(), tokens: [ACCESS_TOKEN] })
    const token = { access_token: ACCESS_TOKEN, expires_in: 3599, token_type: 'Bearer' }
    const signIn = await startSecureServer(() => json(200, token), { hosts: [host] })
    const service = {
      path: /token/,
      args: [
        '--cloud',
        'gcp',
        '--gcp-endpoint',
        localhost(compute.url),
        ...getStreamOption(folder),
      ],
      env: {
        NO_PROXY: 'localhost',
        HTTPS_PROXY: proxy.url,
        GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'login.json'),
      },
      trusted: [compute.certificate, signIn.certificate],
      secrets: [ACCESS_TOKEN, REFRESH_TOKEN],
    }
    const started = await startBehindForwarder(signIn, service, [compute, proxy])
    hosts[host] = started.forwarder.port
    return started
  },
}
