import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { AzureMockServer } from '../mock-servers/azure.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor, tokenOf, withoutLogin } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { gcpFor } from '../support/gcp.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

type Environment = Readonly<Record<string, string>>

const capture = (cloud: string, env: Environment, args: readonly string[] = []) =>
  run(['capture', at('s.json'), '--cloud', cloud, '--stream', at('rhcos.json'), ...args], { env })

describe("Azure's service principal file", () => {
  const principal = async (members: unknown, env: Environment = {}) => {
    const mockServer = await azureFor(imagesBeforeBump())
    const text = typeof members === 'string' ? members : JSON.stringify(members)
    await writeFile(at('principal.json'), text)
    const outcome = await capture(
      'azure',
      { ...withoutLogin(mockServer), AZURE_AUTH_LOCATION: at('principal.json'), ...env },
      ['--azure-endpoint', mockServer.url],
    )
    return { mockServer, outcome }
  }
  const ids = {
    subscriptionId: 'c9a6d5e1-0b72-4e38-b4f9-6817a2d03c5b',
    clientId: 'b31f0c7d-86e2-4f95-a7d3-0e9c4461ab28',
    tenantId: '7e4a91c2-3d58-4b6f-9a10-52c8de7713f4',
  }
  const clientSecret = 'Zq8~mock-server.not.a.secret~4mXw1Rk7'

  it.each([
    ['a secret', { ...ids, clientSecret }],
    ['a secret and a byte order mark', `\ufeff${JSON.stringify({ ...ids, clientSecret })}`],
  ])('is read with %s', async (_, members) => {
    const { outcome } = await principal(members)
    expect(outcome).toMatchObject({ status: 0 })
  })

  it('may be for a managed identity', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const token = await tokenOf(mockServer)
    const asked: string[] = []
    const machine = createServer(({ url, headers }, response) => {
      asked.push(`${headers['x-identity-header']} ${url}`)
      const expires = Math.floor(Date.now() / 1000) + 3600
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          access_token: token,
          expires_on: String(expires),
          resource: 'https://management.azure.com',
          token_type: 'Bearer',
          client_id: ids.clientId,
        }),
      )
    })
    await new Promise<void>((resolve) => machine.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void machine.close())
    const { port } = machine.address() as AddressInfo
    await writeFile(at('principal.json'), JSON.stringify(ids))
    const outcome = await capture(
      'azure',
      {
        ...withoutLogin(mockServer),
        AZURE_AUTH_LOCATION: at('principal.json'),
        IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`,
        IDENTITY_HEADER: 'secret-of-the-machine',
        // No proxy is asked for what is this machine's own.
        HTTP_PROXY: 'http://127.0.0.1:1',
      },
      ['--azure-endpoint', mockServer.url],
    )
    expect(outcome).toMatchObject({ status: 0 })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toContain(`client_id=${ids.clientId}`)
  })

  it.each([
    [
      'a slip',
      `{ "clientSecret": "${clientSecret}",, }`,
      ': is no JSON object, expected credentials',
    ],
    ['nothing', '', ': is empty, expected credentials'],
    ['a list', `["${clientSecret}"]`, ': is no JSON object, expected credentials'],
    [
      'a member missing',
      { ...ids, tenantId: undefined, clientSecret },
      ': .tenantId: expected a text',
    ],
    [
      'a certificate that is not there',
      { ...ids, clientCertificate: '/nowhere/c.pem' },
      ': .clientCertificate: /nowhere/c.pem: no such file',
    ],
    [
      'a certificate that is none',
      { ...ids, clientCertificate: process.execPath },
      'expected a certificate and its private key as PEM',
    ],
  ])('with %s is named, and nothing of it shown', async (_, members, expected) => {
    const { outcome } = await principal(members)
    const [line = '', remedy] = outcome.stderr.split('\n')
    expect(outcome.status).toBe(3)
    expect(line).toContain(`stream-snapshot: ${at('principal.json')}: `)
    expect(line).toContain(expected)
    expect(remedy).not.toBe('')
    expect(outcome.stderr).not.toMatch(/Zq8|mock-server|not\.a\.secret/)
  })
})

describe('az login', () => {
  const [OWN, OTHER] = [
    'c9a6d5e1-0b72-4e38-b4f9-6817a2d03c5b',
    '0f1e2d3c-4b5a-4697-8877-665544332211',
  ]
  const HOME_TENANT = '7e4a91c2-3d58-4b6f-9a10-52c8de7713f4'
  const GUEST_TENANT = '99887766-5544-4332-8110-ffeeddccbbaa'

  /** An `az` that is logged in, and a profile as it leaves one. */
  async function login(mockServer: AzureMockServer): Promise<Environment> {
    await mkdir(at('.azure'))
    const subscriptions = [
      { id: OTHER, tenantId: GUEST_TENANT, isDefault: false },
      { id: OWN, tenantId: HOME_TENANT, isDefault: true },
    ]
    await writeFile(at('.azure/azureProfile.json'), `\ufeff${JSON.stringify({ subscriptions })}`)
    const token = {
      accessToken: await tokenOf(mockServer),
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: 4070908800,
      tokenType: 'Bearer',
    }
    await writeFile(
      at('az'),
      `#!/bin/sh\necho "$@" >> ${at('asked')}\ncat <<'END'\n${JSON.stringify(token)}\nEND\n`,
    )
    await chmod(at('az'), 0o755)
    return {
      ...withoutLogin(mockServer),
      HOME: folder,
      PATH: `${folder}:/usr/bin:/bin`,
      AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
    }
  }

  it('tells the subscription where none is given, and its tenant', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const env = await login(mockServer)
    expect(await capture('azure', env, ['--azure-endpoint', mockServer.url])).toMatchObject({
      status: 0,
    })
    expect(await readFile(at('asked'), 'utf8')).toContain(`--tenant ${HOME_TENANT}`)
    const asked = mockServer.requests.filter(({ path }) => path.includes('/skus/'))
    expect(asked.every(({ path }) => path.includes(OWN))).toBe(true)
  })

  it.each([
    ['as az knows it', {}, GUEST_TENANT],
    ['as AZURE_TENANT_ID says', { AZURE_TENANT_ID: HOME_TENANT }, HOME_TENANT],
  ])('is asked for the tenant of another subscription, %s', async (_, more, tenant) => {
    const mockServer = await azureFor(imagesBeforeBump())
    const env = { ...(await login(mockServer)), ...more }
    const args = ['--azure-endpoint', mockServer.url, '--subscription', OTHER.toUpperCase()]
    const outcome = await capture('azure', env, args)
    expect(await readFile(at('asked'), 'utf8')).toContain(`--tenant ${tenant}`)
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toContain('SubscriptionNotFound')
  })

  it('lacks for several clouds, and that is told at once', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: 'nowhere.json' }
    const args = ['capture', 's.json', '--stream', 'rhcos.json', '--cloud', 'azure,gcp']
    expect(await run(args, { cwd: folder, env })).toEqual({
      status: 3,
      stdout: '',
      stderr: [
        'stream-snapshot: credentials of 2 clouds are lacking',
        '  azure: no subscription to ask with',
        '    Set --subscription or AZURE_SUBSCRIPTION_ID, or AZURE_AUTH_LOCATION to a service principal file, or log in with az login.',
        '  gcp: GOOGLE_APPLICATION_CREDENTIALS names a file that is not there',
        '    Set it to a key file, or unset it and log in with gcloud auth application-default login.',
        '',
      ].join('\n'),
    })
  })

  it('was not done: no subscription', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const outcome = await capture('azure', withoutLogin(mockServer))
    expect(outcome).toEqual({
      status: 3,
      stdout: '',
      stderr:
        'stream-snapshot: azure: no subscription to ask with\n' +
        'Set --subscription or AZURE_SUBSCRIPTION_ID, or AZURE_AUTH_LOCATION to a service principal file, or log in with az login.\n',
    })
  })
})

it.each([
  ['is not there', undefined, 'gcp: GOOGLE_APPLICATION_CREDENTIALS names a file that is not there'],
  ['is empty', '\n', ': is empty, expected credentials'],
  [
    'is no JSON',
    '{ "private_key": "hunter2hunter2" ]',
    ': is no JSON object, expected credentials',
  ],
])("GCP's file of credentials %s", async (_, text, expected) => {
  const { environment, url } = await gcpFor()
  if (text !== undefined) await writeFile(at('key.json'), text)
  const env = { ...environment, GOOGLE_APPLICATION_CREDENTIALS: at('key.json') }
  const outcome = await capture('gcp', env, ['--gcp-endpoint', url])
  expect(outcome.status).toBe(3)
  expect(outcome.stderr).toContain(expected)
  expect(outcome.stderr).not.toContain('hunter2')
  expect(outcome.stderr.split('\n')).toHaveLength(3)
})

describe("AWS's credentials", () => {
  const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
  const keyless = async (more: Environment) => {
    const { environment } = await awsFor()
    const rest = Object.entries(environment).filter(([name]) => !KEYS.includes(name))
    return { ...Object.fromEntries(rest), AWS_EC2_METADATA_DISABLED: 'true', ...more }
  }
  const impatient = ['--regions', 'us-east-1', '--patience', '4', '--timeout', '60']
  const TOLD =
    'stream-snapshot: aws us-east-1: no answer within 4 s, sign-in and repetitions included\n' +
    'Try again later, or give it more time with --patience.\n'

  it('of a container that never come are not waited for without end', async () => {
    const container = createServer(() => undefined)
    await new Promise<void>((resolve) => container.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      container.closeAllConnections()
      container.close()
    })
    const { port } = container.address() as AddressInfo
    const env = await keyless({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
    })
    const outcome = await capture('aws', env, impatient)
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toMatch(
      /aws us-east-1: (no answer within 4 s|the credentials do not work)/,
    )
  })

  it('of a program that never ends are not waited for without end', async () => {
    await writeFile(at('config'), '[default]\ncredential_process = sleep 20\n')
    const env = await keyless({ AWS_CONFIG_FILE: at('config') })
    expect(await capture('aws', env, impatient)).toEqual({ status: 3, stdout: '', stderr: TOLD })
    expect(await capture('aws', env, [...impatient, '--quiet'])).toMatchObject({
      stderr: TOLD,
    })
  })

  it('are taken in silence, however many there are', async () => {
    const { environment } = await awsFor()
    await writeFile(
      at('shared'),
      '[work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n',
    )
    const env = { ...environment, AWS_SHARED_CREDENTIALS_FILE: at('shared'), AWS_PROFILE: 'work' }
    const outcome = await capture('aws', { ...env, NODE_OPTIONS: '' }, ['--quiet'])
    expect(outcome.stdout + outcome.stderr).not.toMatch(/warn/i)
  })

  it('are asked of nobody in the clear', async () => {
    await writeFile(at('token'), 'a.b.c')
    const env = await keyless({
      AWS_ENDPOINT_URL_STS: 'http://sts.example',
      AWS_WEB_IDENTITY_TOKEN_FILE: at('token'),
      AWS_ROLE_ARN: 'arn:aws:iam::482915537706:role/somebody',
    })
    expect(await capture('aws', env, impatient)).toEqual({
      status: 3,
      stdout: '',
      stderr:
        'stream-snapshot: aws us-east-1: the sign-in: plain http is only allowed to this machine (PLAIN_HTTP)\n' +
        'Use an endpoint with https.\n',
    })
  })

  it('do not hide the region that they are for', async () => {
    const env = await keyless({ AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'eu-central-1' })
    const { stderr } = await capture('aws', env, ['--regions', 'eu-central-1'])
    expect(stderr).toMatch(/^stream-snapshot: aws eu-central-1: the credentials do not work/)
  })

  it.each(['http://ec2.example', 'http://10.0.0.1:8080'])(
    'are not sent in the clear to %s',
    async (endpoint) => {
      const { environment } = await awsFor()
      const outcome = await capture('aws', { ...environment, AWS_ENDPOINT_URL_EC2: endpoint })
      expect(outcome).toEqual({
        status: 3,
        stdout: '',
        stderr:
          'stream-snapshot: aws us-east-1 regions: plain http is only allowed to this machine (PLAIN_HTTP)\n' +
          'Use an endpoint with https.\n',
      })
    },
  )
})

describe('what is waited for', () => {
  it('is said after three seconds, and not with --quiet', async () => {
    const late = [{ path: /418-v2/, fault: { kind: 'late', milliseconds: 3500 } as const }]
    const mockServer = await azureFor(imagesBeforeBump(), { faults: late })
    const stream = ['--stream', at('rhcos.json'), '--azure-endpoint', mockServer.url]
    const options = { env: mockServer.environment, isWaitShown: true }
    const [said, quiet] = await Promise.all([
      run(['capture', at('s.json'), ...stream], options),
      run(['capture', at('t.json'), '--quiet', ...stream], options),
    ])
    expect(said.status).toBe(0)
    expect(said.stderr).toMatch(
      /^azure azureopenshift:aro4:418-v2: waiting for a response\nazure: \d+ questions/,
    )
    expect(quiet).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('is a server that asks for it, as long as there is patience', async () => {
    const throttled = { kind: 'status', status: 429, retryAfter: 4 } as const
    const faults = [{ path: /418-v2/, fault: throttled, times: 1 }]
    const mockServer = await azureFor(imagesBeforeBump(), { faults })
    const args = ['--azure-endpoint', mockServer.url]
    const patient = await capture('azure', mockServer.environment, args)
    expect(patient.status).toBe(0)
    expect(patient.stderr).toMatch(
      /^azure azureopenshift:aro4:418-v2: the server asks to wait 4 s\n/,
    )
    mockServer.setFaults(faults)
    expect(
      await capture('azure', mockServer.environment, [...args, '--patience', '4']),
    ).toMatchObject({
      status: 3,
      stderr:
        'stream-snapshot: azure azureopenshift:aro4:418-v2: the server asked to wait 4 s, and there is patience for 4 s in all\n' +
        'Try again later, or give it more time with --patience.\n',
    })
  })
})

describe('a pipe in the place of a file of credentials', () => {
  it.each([
    ['azure', 'AZURE_AUTH_LOCATION', 'pipe'],
    ['azure', 'AZURE_CLIENT_CERTIFICATE_PATH', 'pipe'],
    ['azure', 'AZURE_FEDERATED_TOKEN_FILE', 'pipe'],
    ['aws', 'AWS_SHARED_CREDENTIALS_FILE', 'pipe'],
    ['aws', 'AWS_CONFIG_FILE', 'pipe'],
    ['aws', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'pipe'],
    ['aws', undefined, '.aws/credentials'],
    ['gcp', 'GOOGLE_APPLICATION_CREDENTIALS', 'pipe'],
    ['gcp', undefined, '.config/gcloud/application_default_credentials.json'],
  ])('of %s, %s, is waited for by nobody', async (cloud, variable, name) => {
    const file = at(name)
    await mkdir(dirname(file), { recursive: true })
    execFileSync('mkfifo', [file])
    const env = {
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      METADATA_SERVER_DETECTION: 'none',
    }
    expect(await capture(cloud, { ...env, ...(variable && { [variable]: file }) })).toEqual({
      status: 2,
      stdout: '',
      stderr: `stream-snapshot: ${file}: is a pipe, expected a file\n`,
    })
  })
})
