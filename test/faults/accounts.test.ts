import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { errorAnswer } from '../mock-servers/aws-xml.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import type { FaultRule } from '../mock-servers/faults.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { gcpFor } from '../support/gcp.ts'
import { proxyFor } from '../support/proxy.ts'
import { json, signInFor } from '../support/sign-in.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

/** What an account is and does, as far as it is not the demonstration's. */
interface Case {
  readonly env?: Readonly<Record<string, string>>
  /** Variables that are not set. */
  readonly without?: readonly string[]
  readonly args?: readonly string[]
}

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

/** The rows of a readme's table: what the line says behind the question, and what to do. */
async function rowsOf(cloud: string): Promise<Map<string, [line: string, remedy: string]>> {
  const file = new URL(`../../src/capture/clouds/${cloud}/readme.md`, import.meta.url)
  const [, table = ''] = (await readFile(file, 'utf8')).split('## What an account gets to read')
  const rows = (table.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => /^\| (?!-|account)/.test(line))
  return new Map(
    rows.map((row) => {
      const [, who = '', line = '', remedy = ''] = row.split('|').map((cell) => cell.trim())
      return [who, [line, remedy]]
    }),
  )
}

/** Runs a capture, and says what it said in the words of the table. */
async function told(
  cloud: string,
  environment: Readonly<Record<string, string>>,
  { env = {}, without = [], args = [] }: Case,
): Promise<[line: string, remedy: string]> {
  const kept = Object.entries(environment).filter(([name]) => !without.includes(name))
  const outcome = await run(
    [
      'capture',
      at('s.json'),
      '--cloud',
      cloud,
      '--stream',
      at('rhcos.json'),
      '--timeout',
      '10',
    ].concat(args),
    { env: { ...Object.fromEntries(kept), ...env } },
  )
  expect(outcome.stdout).toBe('')
  if (outcome.status === 0) return [outcome.stderr.split('\n')[0] ?? '', '']
  expect(outcome.status).toBe(3)
  expect((await readdir(folder)).filter((name) => name.startsWith('s.'))).toEqual([])
  const [line = '', remedy = ''] = outcome.stderr
    .replace(/^[^\n]*waiting for[^\n]*\n/, '')
    .split('\n')
  const [, question = '', rest = ''] = /^stream-snapshot: (.*?): (.*)$/.exec(line) ?? []
  expect(question).toMatch(new RegExp(`^${cloud} \\S+`))
  return [rest, remedy.replaceAll(at('principal.json'), 'FILE')]
}

/** Whether the table has just these rows. */
function cover(cloud: string, cases: Readonly<Record<string, unknown>>): void {
  it('is the whole table', async () => {
    expect([...(await rowsOf(cloud)).keys()].sort()).toEqual(Object.keys(cases).sort())
  })
}

describe('what an account of Azure gets to read', () => {
  const TOKEN = /oauth2\/v2\.0\/token/
  const arm = (status: number, code: string): FaultRule[] => [
    {
      path: /skus/,
      fault: {
        kind: 'body',
        status,
        body: JSON.stringify({ error: { code, message: 'somebody' } }),
      },
    },
  ]
  const authority = (number: number): FaultRule[] => [
    {
      path: TOKEN,
      fault: {
        kind: 'body',
        status: 401,
        body: JSON.stringify({
          error: 'invalid_client',
          error_description: `AADSTS${number}: somebody`,
          error_codes: [number],
        }),
      },
    },
  ]
  /** An `az` that says this and fails. */
  const az = async (words: string): Promise<Case> => {
    await mkdir(at('bin'))
    await writeFile(at('bin/az'), `#!/bin/sh\necho "${words}" >&2\nexit 1\n`)
    await chmod(at('bin/az'), 0o755)
    return {
      env: { PATH: `${at('bin')}:/usr/bin:/bin`, AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential' },
      without: ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
    }
  }

  const cases: Record<string, { faults?: FaultRule[]; images?: []; make?: () => Promise<Case> }> = {
    'logged out': { make: () => az("ERROR: Please run 'az login' to setup account.") },
    'a login that has expired': {
      make: () => az('ERROR: AADSTS700082: The refresh token has expired due to inactivity.'),
    },
    'a login that was revoked': {
      make: () => az('ERROR: AADSTS50173: The provided grant has expired due to it being revoked.'),
    },
    'a secret that has expired': { faults: authority(7000222) },
    'a secret of a file, expired': {
      faults: authority(7000222),
      make: async () => {
        const principal = {
          subscriptionId: 'c9a6d5e1-0b72-4e38-b4f9-6817a2d03c5b',
          clientId: 'b31f0c7d-86e2-4f95-a7d3-0e9c4461ab28',
          clientSecret: 'not-the-secret-any-more',
          tenantId: '7e4a91c2-3d58-4b6f-9a10-52c8de7713f4',
        }
        await writeFile(at('principal.json'), JSON.stringify(principal))
        return { env: { AZURE_AUTH_LOCATION: at('principal.json') } }
      },
    },
    'a token that has expired': { faults: arm(401, 'ExpiredAuthenticationToken') },
    'of another tenant': { faults: arm(401, 'InvalidAuthenticationTokenTenant') },
    'without permission': { faults: [{ path: /skus/, fault: { kind: 'status', status: 403 } }] },
    'of another subscription': {
      make: async () => ({ args: ['--subscription', '11111111-1111-4111-8111-111111111111'] }),
    },
    'without Microsoft.Compute': { faults: arm(409, 'MissingSubscriptionRegistration') },
    'of other regions': { make: async () => ({ args: ['--location', 'westeurope'] }) },
    'that sees nothing (exit 0)': { images: [] },
  }
  cover('azure', cases)

  it.each(Object.entries(cases))('%s', async (who, { faults = [], images, make }) => {
    const mockServer = await azureFor(images ?? imagesBeforeBump(), { faults })
    const more = (await make?.()) ?? {}
    const args = ['--azure-endpoint', mockServer.url, ...(more.args ?? [])]
    const said = await told('azure', mockServer.environment, { ...more, args })
    expect(said).toEqual((await rowsOf('azure')).get(who))
  })
})

describe('what an account of AWS gets to read', () => {
  const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
  const NO_MACHINE = { AWS_EC2_METADATA_DISABLED: 'true' }
  const one = ['--regions', 'us-east-1']
  const ec2 = (status: number, code: string): FaultRule[] => {
    const body = String(errorAnswer(status, code, 'arn:aws:iam::482915537706:user/somebody').body)
    return [{ path: /\//, fault: { kind: 'body', status, body, type: 'text/xml' } }]
  }
  /** A role by web identity, refused. */
  const sts = async (status: number, code: string): Promise<Case> => {
    const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>somebody</Message></Error></ErrorResponse>`
    const service = await signInFor({ status, headers: { 'content-type': 'text/xml' }, body })
    await writeFile(at('token'), 'a.b.c')
    return {
      without: KEYS,
      args: one,
      env: {
        ...NO_MACHINE,
        NODE_EXTRA_CA_CERTS: service.certificate.file,
        AWS_ENDPOINT_URL_STS: service.url,
        AWS_WEB_IDENTITY_TOKEN_FILE: at('token'),
        AWS_ROLE_ARN: 'arn:aws:iam::482915537706:role/somebody',
      },
    }
  }

  type Options = Parameters<typeof awsFor>[0]
  const cases: Record<string, { options?: Options; make?: () => Promise<Case> }> = {
    'logged out': { make: async () => ({ without: KEYS, env: NO_MACHINE, args: one }) },
    'a session of SSO that has expired': {
      make: async () => {
        await writeFile(
          at('config'),
          '[profile work]\nsso_session = s\nsso_account_id = 482915537706\nsso_role_name = reader\n' +
            '[sso-session s]\nsso_start_url = https://work.example/start\nsso_region = us-east-1\n',
        )
        const env = { ...NO_MACHINE, AWS_CONFIG_FILE: at('config'), AWS_PROFILE: 'work' }
        return { without: KEYS, env, args: one }
      },
    },
    'a session that has expired': {
      options: { faults: ec2(400, 'RequestExpired') },
      make: async () => ({ args: one }),
    },
    'a role that may not be had': { make: () => sts(403, 'AccessDenied') },
    'a web identity that has expired': { make: () => sts(400, 'ExpiredTokenException') },
    'a key that was deleted': {
      make: async () => ({ env: { AWS_ACCESS_KEY_ID: 'ASIADELETEDKEY000000' } }),
    },
    'without permission': { options: { failures: { 'us-east-1': { status: 403 } } } },
    'a policy that closes a region': { options: { failures: { 'eu-central-1': { status: 403 } } } },
    'a region that is not enabled': {
      make: async () => ({ args: ['--regions', 'us-east-1,me-south-1'] }),
    },
    'without billing': { options: { faults: ec2(403, 'OptInRequired') } },
  }
  cover('aws', cases)

  it.each(Object.entries(cases))('%s', async (who, { options = {}, make }) => {
    const mockServer = await awsFor(options)
    const said = await told('aws', mockServer.environment, (await make?.()) ?? {})
    expect(said).toEqual((await rowsOf('aws')).get(who))
  })
})

describe('what an account of GCP gets to read', () => {
  const images = (status: number, error: object): FaultRule[] => [
    {
      path: /images/,
      fault: {
        kind: 'body',
        status,
        body: JSON.stringify({ error: { code: status, message: 'somebody', ...error } }),
      },
    },
  ]
  const forbidden = { errors: [{ message: 'somebody', domain: 'global', reason: 'forbidden' }] }
  const info = (reason: string) => ({
    status: 'PERMISSION_DENIED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
  })
  /** The login of a person, whose refresh token Google does not take. */
  const login = async (refusal: object): Promise<Case> => {
    const host = 'oauth2.googleapis.com'
    const service = await signInFor(json(400, refusal), { hosts: [host] })
    const proxy = await proxyFor({ hosts: { [host]: service.port } })
    const credentials = {
      type: 'authorized_user',
      client_id: '764086051850.apps.googleusercontent.com',
      client_secret: 'd-not-a-secret',
      refresh_token: '1//not-a-refresh-token',
    }
    await writeFile(at('login.json'), JSON.stringify(credentials))
    return {
      env: {
        NODE_EXTRA_CA_CERTS: service.certificate.file,
        HTTPS_PROXY: proxy.url,
        GOOGLE_APPLICATION_CREDENTIALS: at('login.json'),
      },
    }
  }

  const cases: Record<string, { faults?: FaultRule[]; make?: () => Promise<Case> }> = {
    'logged out': {
      make: async () => ({
        without: ['GOOGLE_APPLICATION_CREDENTIALS'],
        env: { METADATA_SERVER_DETECTION: 'none' },
      }),
    },
    'a login that has expired': {
      make: () => login({ error: 'invalid_grant', error_description: 'Token has been revoked.' }),
    },
    'a login of Workspace that has expired': {
      make: () => login({ error: 'invalid_grant', error_subtype: 'invalid_rapt' }),
    },
    'a key that was deleted': {
      faults: [{ path: /images/, fault: { kind: 'status', status: 401 } }],
    },
    'of another quota project': {
      faults: images(403, { ...forbidden, ...info('USER_PROJECT_DENIED') }),
    },
    'without the scope': { faults: images(403, info('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) },
    'without the API': { faults: images(403, info('SERVICE_DISABLED')) },
    'without the API, in the older words': {
      faults: [{ path: /images/, fault: { kind: 'status', status: 403 } }],
    },
    'without billing': { faults: images(403, { ...forbidden, ...info('BILLING_DISABLED') }) },
    'that may not read an image': {
      faults: [
        {
          path: /oke-413/,
          fault: {
            kind: 'body',
            status: 403,
            body: JSON.stringify({ error: { code: 403, message: 'somebody', ...forbidden } }),
          },
        },
      ],
    },
  }
  cover('gcp', cases)

  it.each(Object.entries(cases))('%s', async (who, { faults = [], make }) => {
    const mockServer = await gcpFor({ faults })
    const more = (await make?.()) ?? {}
    const said = await told('gcp', mockServer.environment, {
      ...more,
      args: ['--gcp-endpoint', mockServer.url, ...(more.args ?? [])],
    })
    expect(said).toEqual((await rowsOf('gcp')).get(who))
  })
})
