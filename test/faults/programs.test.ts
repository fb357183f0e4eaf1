import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAws } from '../mock-servers/aws.ts'
import { demonstrationImages } from '../mock-servers/aws-images.ts'
import { startAzure } from '../mock-servers/azure.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { tokenOf } from '../support/azure.ts'
import { run } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { tried } from './outcomes.ts'

/** A program that gives out credentials, and a capture that runs it. */
interface Program {
  /** What it prints when all is well. */
  readonly right: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  close(): Promise<unknown>
}

const USAGE = fileURLToPath(new URL('usage.js', import.meta.url))
const SECRET = 'planted-secret-of-nobody'
const FILES = ['s.json', 's.recording.json']

const PROGRAMS: Readonly<Record<string, (folder: string) => Promise<Program>>> = {
  az: async (folder) => {
    const mockServer = await startAzure({ images: imagesBeforeBump() })
    const { NODE_EXTRA_CA_CERTS, AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID } = mockServer.environment
    const token = {
      accessToken: await tokenOf(mockServer),
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: 4070908800,
      tokenType: 'Bearer',
    }
    return {
      right: JSON.stringify(token),
      args: ['--azure-endpoint', mockServer.url],
      env: {
        NODE_EXTRA_CA_CERTS,
        AZURE_SUBSCRIPTION_ID,
        AZURE_TENANT_ID,
        AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
        PATH: `${folder}:/usr/bin:/bin`,
      },
      close: () => mockServer.close(),
    }
  },
  credential_process: async (folder) => {
    const mockServer = await startAws({ images: demonstrationImages() })
    const { accessKeyId, secretAccessKey, sessionToken } = mockServer.account
    await writeFile(
      join(folder, 'config'),
      `[default]\ncredential_process = ${join(folder, 'az')}\n`,
    )
    const keys = {
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: '2099-01-01T00:00:00Z',
    }
    return {
      right: JSON.stringify(keys),
      args: ['--cloud', 'aws', '--regions', 'us-east-1'],
      env: {
        NODE_EXTRA_CA_CERTS: mockServer.certificateFile,
        AWS_ENDPOINT_URL_EC2: mockServer.url,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: join(folder, 'config'),
      },
      close: () => mockServer.close(),
    }
  },
}

type Fault = [name: string, script: string, said?: RegExp]

/** What a program does instead, as a shell has it; `$RIGHT` is the file of what it should print. */
const FAULTS: Fault[] = [
  ['never ends', 'exec sleep 20', /no (complete )?answer within 5 s|do not work/],
  ['leaves another that never ends', 'sleep 20 & exit 0'],
  ['prints without an end', 'exec yes'],
  ['ends with 1, and a secret', `echo "ERROR: ${SECRET}" >&2; exit 1`],
  ['is killed', 'kill -9 $$'],
  ['prints nothing', 'exit 0'],
  ['prints a page', `echo '<html>${SECRET}</html>'`],
  ['prints half of it', 'head -c 60 "$RIGHT"'],
  ['prints null', 'echo null'],
  ['prints a list', 'echo "[]"'],
  [
    'prints null members',
    `echo '{"accessToken":null,"expires_on":null,"expiresOn":null,"Version":1,"AccessKeyId":null,"SecretAccessKey":null}'`,
  ],
  [
    'prints members of other kinds',
    `echo '{"accessToken":7,"expires_on":"${SECRET}","expiresOn":{},"Version":1,"AccessKeyId":{},"SecretAccessKey":7}'`,
  ],
  ['prints another version', `echo '{"Version":2,"accessToken":"${SECRET}"}'`],
  ['prints a nesting 100,000 deep', `head -c 100000 /dev/zero | tr '\\0' '['`],
  ['prints a terminal escape', `printf '\\033]52;c;${SECRET}\\007'`],
]

describe.each(Object.entries(PROGRAMS))('%s', (name, start) => {
  let folder: string
  let program: Program

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faults-'))
    await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
    program = await start(folder)
    await writeFile(join(folder, 'right'), program.right)
    expect(await capture('cat "$RIGHT"')).toMatchObject({ status: 0, stdout: '' })
    await Promise.all(
      FILES.map((file) => copyFile(join(folder, file), join(folder, `well.${file}`))),
    )
  }, 60_000)

  afterAll(async () => {
    await program.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function capture(script: string) {
    const file = join(folder, 'az')
    await writeFile(file, `#!/bin/sh\nRIGHT=${join(folder, 'right')}\n${script}\n`)
    await chmod(file, 0o755)
    const started = Date.now()
    const outcome = await run(
      ['capture', 's.json', '--patience', '5', '--timeout', '10', '--stream', 'rhcos.json'].concat(
        program.args,
      ),
      {
        cwd: folder,
        env: { HOME: folder, ...program.env, USAGE: join(folder, 'usage.json') },
        node: ['--import', USAGE],
      },
    )
    const { megabytes } = JSON.parse(await readFile(join(folder, 'usage.json'), 'utf8'))
    return { ...outcome, seconds: (Date.now() - started) / 1000, megabytes }
  }

  const texts = (start = '') =>
    Promise.all(FILES.map((file) => readFile(join(folder, start + file), 'utf8')))

  it.each<Fault>(FAULTS)('%s', async (fault, script, said?) => {
    const told = await capture(script)
    const lines = told.stderr.split('\n').filter((line) => !/: waiting for/.test(line))
    tried(`program: ${name}`, fault, (lines[0] ?? '').replace('stream-snapshot: ', ''), told)
    expect(told).toMatchObject({ status: 3, stdout: '' })
    expect(told.seconds).toBeLessThan(30)
    expect(told.megabytes).toBeLessThan(400)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^stream-snapshot: (azure|aws) \S+: ./)
    expect(lines[1]).toMatch(/^[A-Z].*\.$/)
    expect(lines[0]).toMatch(said ?? /the credentials do not work|no answer within 5 s/)
    expect(told.stderr).not.toMatch(/planted|\p{Cc}(?<!\n)/u)
    expect(await texts()).toEqual(await texts('well.'))
    expect((await readdir(folder)).filter((file) => /^\.|tmp$/.test(file))).toEqual([])
  })
})
