import { spawnSync } from 'node:child_process'
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Clouds, startClouds } from '../mock-servers/clouds.ts'
import { ALL_BUILDS, buildServer } from '../support/builds.ts'
import { CLI, run, temporaryFolder } from '../support/cli.ts'
import { cloudsFor } from '../support/clouds.ts'
import { IN_A_POD } from '../support/pod.ts'
import { proxyFor } from '../support/proxy.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await temporaryFolder()
  await chmod(folder, 0o777)
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

type Environment = Record<string, string>

const omit = (environment: Readonly<Environment>, ...names: string[]): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)))

/** Writes a certificate with its private key, and returns the certificate. */
async function writeCertificate() {
  const pair = await generate([{ name: 'commonName', value: 'service principal' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
  })
  await writeFile(at('principal.pem'), `${pair.cert}\n${pair.private}`, { mode: 0o644 })
  return pair.cert
}

async function writeServicePrincipal(account: {
  readonly subscriptionId: string
  readonly clientId: string
  readonly tenantId: string
}): Promise<void> {
  const { subscriptionId, clientId, tenantId } = account
  const members = { subscriptionId, clientId, tenantId, clientCertificate: at('principal.pem') }
  await writeFile(at('osServicePrincipal.json'), JSON.stringify(members), { mode: 0o644 })
}

/** Copies the files that the pod mounts, and makes them readable for every user. */
async function mountFiles({ gcp, environment }: Clouds): Promise<Environment> {
  const files = {
    GOOGLE_APPLICATION_CREDENTIALS: [gcp.account.file, at('key.json')],
    NODE_EXTRA_CA_CERTS: [environment.NODE_EXTRA_CA_CERTS ?? '', at('trusted.pem')],
  }
  for (const [from = '', to = ''] of Object.values(files)) {
    await copyFile(from, to)
    await chmod(to, 0o644)
  }
  return Object.fromEntries(Object.entries(files).map(([name, [, to = '']]) => [name, to]))
}

describe('a capture of all clouds and the build server in a pod behind a proxy', () => {
  it('can be replayed and verified offline', async () => {
    const certificate = await writeCertificate()
    // Page tokens differ between captures, so EC2 returns all images on one page.
    const clouds = await cloudsFor(folder, {
      azure: { account: { certificate } },
      aws: { pageSize: 1000 },
    })
    const builds = await buildServer()
    const proxy = await proxyFor()
    await writeServicePrincipal(clouds.azure.account)
    const env = {
      ...omit(clouds.environment, 'NO_PROXY', 'AZURE_CLIENT_SECRET', 'AZURE_CLIENT_ID'),
      AZURE_AUTH_LOCATION: at('osServicePrincipal.json'),
      ...(await mountFiles(clouds)),
      HTTPS_PROXY: proxy.url,
    }
    const options = ['--name', '4.18-9.4', '--url', builds.streams, ...ALL_BUILDS, ...clouds.args]
    const outcome = await run(['capture', at('s.json'), ...options], { env, wrapper: IN_A_POD })
    expect(outcome.stderr).toMatch(/^azure: \d+ images/m)
    expect(outcome.stderr).toMatch(/^aws: \d+ images/m)
    expect(outcome.stderr).toMatch(/^gcp: \d+ images/m)

    // All HTTPS requests, including sign-ins, use the proxy; HTTP requests to the build server do not.
    const hosts = [clouds.azure, clouds.aws, clouds.gcp].map(({ url }) => new URL(url).host)
    expect([...new Set(proxy.tunnels)].sort()).toEqual(hosts.sort())
    expect(clouds.azure.requests.some(({ path }) => path.includes('oauth2/v2.0/token'))).toBe(true)

    const readFiles = () =>
      Promise.all(['s.json', 's.recording.json'].map((name) => readFile(at(name), 'utf8')))
    const before = await readFiles()
    const offline = {
      HTTPS_PROXY: 'http://127.0.0.1:1',
      npm_config_https_proxy: 'http://127.0.0.1:1',
    }
    const replayed = await run(['capture', at('s.json'), '--replay'], {
      env: offline,
      wrapper: IN_A_POD,
    })
    expect(replayed).toMatchObject({ status: 0 })
    expect(await readFiles()).toEqual(before)
    expect(await run(['verify', at('s.json')], { env: offline })).toMatchObject({ status: 0 })

    const direct = await run(['capture', at('t.json'), ...options], {
      env: { ...env, HTTPS_PROXY: '' },
    })
    expect(direct).toMatchObject({ status: 0 })
    expect(await readFile(at('t.recording.json'), 'utf8')).toBe(before[1])
  })
})

describe('capture through a proxy', () => {
  const captureAws = async (env: Environment) => {
    const clouds = await startClouds(folder)
    try {
      const args = ['capture', at('s.json'), '--cloud', 'aws', '--stream', at('rhcos.json')]
      return await run([...args, '--regions', 'us-east-1'], {
        env: { ...omit(clouds.environment, 'NO_PROXY'), ...env },
      })
    } finally {
      await clouds.close()
    }
  }

  it('connects directly to the hosts in NO_PROXY', async () => {
    const proxy = await proxyFor()
    const outcome = await captureAws({ HTTPS_PROXY: proxy.url, NO_PROXY: 'a.example,127.0.0.1' })
    expect(outcome).toMatchObject({ status: 0 })
    expect(proxy.tunnels).toEqual([])
  })

  it('reports that the proxy requires a password', async () => {
    const proxy = await proxyFor({ status: 407 })
    const outcome = await captureAws({ HTTPS_PROXY: proxy.url })
    expect(outcome).toEqual({
      status: 3,
      stdout: '',
      stderr:
        'stream-snapshot: aws us-east-1: the proxy returned 407\nCorrect HTTPS_PROXY, or add the host to NO_PROXY.\n',
    })
  })

  it('reports that the proxy does not run', async () => {
    const outcome = await captureAws({ HTTPS_PROXY: 'http://127.0.0.1:1' })
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toContain(
      'aws us-east-1: the proxy: connection refused (ECONNREFUSED)\nCorrect HTTPS_PROXY',
    )
  })

  it('uses HTTPS_PROXY when ALL_PROXY is also set', async () => {
    const proxy = await proxyFor()
    const env = { HTTPS_PROXY: proxy.url, ALL_PROXY: 'socks5://10.0.0.1', HTTP_PROXY: '10.0.0.1:x' }
    expect(await captureAws(env)).toMatchObject({ status: 0 })
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  it.each(['proxy.example:3128', 'socks5://10.0.0.1'])(
    'rejects the invalid URL %s',
    async (value) => {
      const outcome = await captureAws({ HTTPS_PROXY: value })
      expect(outcome).toEqual({
        status: 2,
        stdout: '',
        stderr:
          'stream-snapshot: HTTPS_PROXY: expected a URL such as http://proxy.example:3128\nCorrect or unset HTTPS_PROXY.\n',
      })
    },
  )
})

describe('capture through a proxy that inspects TLS', () => {
  const HOSTS = {
    azure: ['management.azure.com', 'login.microsoftonline.com', 'login.microsoft.com'],
    aws: ['ec2.us-east-1.amazonaws.com', 'ec2.eu-central-1.amazonaws.com'],
    gcp: ['compute.googleapis.com'],
  }
  it('queries the public hosts of all clouds with the certificates of the proxy', async () => {
    const clouds = await cloudsFor(folder, {
      azure: { hosts: HOSTS.azure },
      aws: { hosts: HOSTS.aws },
      gcp: { hosts: HOSTS.gcp },
    })
    const hosts = Object.entries(HOSTS).flatMap(([cloud, names]) =>
      names.map((name): [string, number] => [
        name,
        Number(new URL(clouds[cloud as keyof typeof HOSTS].url).port),
      ]),
    )
    const proxy = await proxyFor({ hosts: Object.fromEntries(hosts) })
    const outcome = await run(
      ['capture', at('s.json'), '--cloud', 'azure,aws,gcp', '--stream', at('rhcos.json')].concat(
        '--regions',
        'us-east-1,eu-central-1',
      ),
      {
        env: {
          ...omit(clouds.environment, 'NO_PROXY', 'AZURE_AUTHORITY_HOST', 'AWS_ENDPOINT_URL_EC2'),
          https_proxy: proxy.url,
        },
      },
    )
    for (const cloud of Object.keys(HOSTS)) {
      expect(outcome.stderr).toMatch(new RegExp(`^${cloud}: \\d+ images`, 'm'))
    }
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    const queried = new Set(proxy.tunnels.map((tunnel) => tunnel.replace(/:443$/, '')))
    const hostNames = Object.values(HOSTS).flat()
    expect([...queried].every((host) => hostNames.includes(host))).toBe(true)
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })
})

it('reports that the memory limit of the process is too low', async () => {
  const script = `ulimit -v 2097152; exec '${process.execPath}' '${CLI}' check`
  const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  // Some versions of Node.js need less memory than this limit.
  if (status === 0) return
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr:
      'stream-snapshot: not enough memory for this process\nRaise the limit, for example with ulimit -v unlimited.\n',
  })
})
