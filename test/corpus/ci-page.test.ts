import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fs from 'fs-extra'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knownImages } from '../mock-servers/azure-images.ts'
import { azureFor } from '../support/azure.ts'
import { CLI } from '../support/cli.ts'
import { git } from '../support/git.ts'

const PAGE = fileURLToPath(new URL('../../docs/ci.md', import.meta.url))
const CORPUS = resolve(process.env.CORPUS_DIR ?? '../shared/corpus')
const RELEASE = process.env.RELEASE ?? ''

interface Step {
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

let snippets: ReadonlyMap<string, string>
let folder: string
const at = (name: string) => join(folder, name)

/** A Go repository: the installer's own, with the streams that the bundle has. */
beforeAll(async () => {
  const page = await readFile(PAGE, 'utf8')
  snippets = new Map(
    [...page.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(([, name = '', text = '']) => [
      name,
      text,
    ]),
  )
  folder = await mkdtemp(join(tmpdir(), 'ci-page-'))
  await git(
    folder,
    'clone',
    '--quiet',
    '--branch',
    'main',
    join(CORPUS, 'history/installer-main.bundle'),
    '.',
  )
  await fs.outputFile(at('get-stream-snapshot.sh'), snippets.get('get-stream-snapshot.sh') ?? '')
  // A release as it is downloaded, gh, and the command line, told where the mock server is.
  const file = RELEASE === '' ? at('tools/stream-snapshot-linux-x64') : ''
  await script('stream-snapshot-linux-x64', `exec '${process.execPath}' '${CLI}' "$@"`)
  await script(
    'gh',
    `printf '%s\\n' "$*" >> '${at('tools/gh.log')}'; cp diff.md '${at('tools/comment.md')}'`,
  )
  await script(
    'curl',
    `for url in "$@"; do case "$url" in
  *SHA256SUMS) (cd '${RELEASE || at('tools')}' && sha256sum stream-snapshot-linux-x64) > SHA256SUMS ;;
  https:*) cp '${RELEASE === '' ? file : join(RELEASE, 'stream-snapshot-linux-x64')}' . ;;
esac; done`,
  )
})

afterAll(() => rm(folder, { recursive: true }))

async function script(name: string, body: string): Promise<void> {
  await fs.outputFile(at(`tools/${name}`), `#!/bin/bash\n${body}\n`)
  await chmod(at(`tools/${name}`), 0o755)
}

/** Runs a script as an action does, in the repository. */
async function shell(text: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-eo', 'pipefail', '-c', text], {
    cwd: folder,
    env: {
      PATH: `${at('tools')}:${process.env.PATH}`,
      HOME: '/nonexistent',
      ARTIFACT_DIR: at('tools'),
      GITHUB_STEP_SUMMARY: at('tools/summary.md'),
      ...env,
    },
  })
  return stdout
}

function stepsOf(name: string): Step[] {
  const { jobs } = load(snippets.get(name) ?? '') as {
    jobs: Readonly<Record<string, { steps: Step[] }>>
  }
  return Object.values(jobs).flatMap(({ steps }) => steps.filter(({ run }) => run !== undefined))
}

describe('docs/ci.md', () => {
  it('gives files that do what it says, in a repository of Go', async () => {
    const mockServer = await azureFor(knownImages())
    const where = `--azure-endpoint ${mockServer.url}`
    await shell('bash get-stream-snapshot.sh')
    await git(folder, 'checkout', '--quiet', '-b', 'images')
    await shell(
      `.bin/stream-snapshot init && .bin/stream-snapshot update ${where}`,
      mockServer.environment,
    )
    await writeFile(at('.gitignore'), 'tools\n.bin\n*.md\nSHA256SUMS\nstream-snapshot-linux-x64\n')
    await git(folder, 'add', '--all')
    await git(
      folder,
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.com',
      'commit',
      '--quiet',
      '-m',
      'images',
    )

    const base = (await git(folder, 'rev-parse', 'main')).trim()
    for (const { run = '', env = {} } of stepsOf('.github/workflows/snapshots.yaml')) {
      await shell(run, { ...env, ...('BASE' in env && { BASE: base, PULL: '7' }) })
    }
    expect(await readFile(at('tools/gh.log'), 'utf8')).toBe(
      'pr comment 7 --body-file diff.md --edit-last --create-if-none\n',
    )
    const comment = await readFile(at('tools/comment.md'), 'utf8')
    expect(comment).toMatch(/^### `rhel-9\.8`: \d+ images came, /m)

    for (const { run = '' } of stepsOf('.github/workflows/marketplace.yaml')) {
      const asked = run.replace(/capture --check/g, `capture --check ${where}`)
      await shell(asked, mockServer.environment)
    }
    expect(await readFile(at('tools/summary.md'), 'utf8')).toMatch(
      /^## rhel-10\n\n### \d+ of \d+ slots/m,
    )

    const { tests } = load(snippets.get('.ci-operator.yaml') ?? '') as {
      tests: readonly { readonly commands: string }[]
    }
    for (const { commands } of tests) await shell(commands)
    expect(await fs.readJson(at('tools/verify.json'))).toHaveLength(3)
  }, 120_000)

  it('refuses a release that is another', async () => {
    await script('sha256sum', 'echo FAILED; exit 1')
    await expect(shell('bash get-stream-snapshot.sh')).rejects.toThrow()
  })
})
