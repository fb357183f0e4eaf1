import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fs from 'fs-extra'
import { load } from 'js-yaml'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AzureMockServer, startAzure } from '../mock-servers/azure.ts'
import { knownImages } from '../mock-servers/azure-images.ts'
import { CLI } from '../support/cli.ts'
import { INSTALLER_BUNDLE } from '../support/corpus.ts'
import { git } from '../support/git.ts'
import { readSnippets } from '../support/snippets.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

interface Step {
  readonly id?: string
  readonly run?: string
  readonly if?: string
}

interface Comment {
  readonly id: number
  body: string
}

let folder: string
let snippets: ReadonlyMap<string, string>
let action: readonly Step[]
let base: string
let api: Server
let azure: AzureMockServer
let comments: Comment[] = []
let isReadOnly = false
const at = (name: string) => join(folder, name)

/** Clones the installer and adds a workspace and marketplace images on a branch. */
beforeAll(async () => {
  snippets = readSnippets(join(ROOT, 'docs/ci.md'))
  const { runs } = load(await readFile(join(ROOT, 'action.yml'), 'utf8')) as {
    runs: { steps: Step[] }
  }
  action = runs.steps
  folder = await mkdtemp(join(tmpdir(), 'ci-page-'))
  await git(folder, 'clone', '--quiet', '--branch', 'main', INSTALLER_BUNDLE, '.')
  base = (await git(folder, 'rev-parse', 'HEAD')).trim()
  await fs.outputFile(at('get-stream-snapshot.sh'), snippets.get('get-stream-snapshot.sh') ?? '')
  await fs.outputFile(at('.gitignore'), 'tools\n.bin\n*.sh\n')
  await script('stream-snapshot-linux-x64', `exec '${process.execPath}' '${CLI}' "$@"`)
  await fs.copy(at('tools/stream-snapshot-linux-x64'), at('tools/stream-snapshot'))
  // Copies the release from a folder. Only requests to the mock API of GitHub run curl.
  await script(
    'curl',
    `case "$*" in
  *http://127.0.0.1*) exec "$(PATH=\${PATH#*:} command -v curl)" "$@" ;;
  *) cp '${at('tools/stream-snapshot-linux-x64')}' . && sha256sum stream-snapshot-linux-x64 > SHA256SUMS ;;
esac`,
  )
  api = createServer(respond).listen(0, '127.0.0.1')
  await git(folder, 'switch', '--quiet', '--create', 'images')
  azure = await startAzure({ images: knownImages() })
  await shell(
    `bash get-stream-snapshot.sh && .bin/stream-snapshot init --ocp 4.22 && .bin/stream-snapshot update --azure-endpoint ${azure.url}`,
    azure.environment,
  )
  await commit('Add the marketplace images')
}, 180_000)

afterAll(async () => {
  api.close()
  await azure.close()
  await rm(folder, { recursive: true })
})

beforeEach(() => {
  comments = [{ id: 1, body: 'a comment by a person' }]
  isReadOnly = false
})

/** Mocks GitHub's API for comments of a pull request. */
const respond: Parameters<typeof createServer>[1] = (request, response) => {
  let text = ''
  request.on('data', (chunk) => {
    text += chunk
  })
  request.on('end', () => {
    const { method, url = '' } = request
    if (method !== 'GET' && isReadOnly) {
      response.writeHead(403).end('{"message":"Resource not accessible by integration"}')
      return
    }
    if (method === 'POST') comments.push({ id: comments.length + 1, body: JSON.parse(text).body })
    if (method === 'PATCH') {
      const comment = comments.find(({ id }) => url.endsWith(`/issues/comments/${id}`))
      if (comment) comment.body = JSON.parse(text).body
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(method === 'GET' ? comments : {}))
  })
}

async function script(name: string, body: string): Promise<void> {
  await fs.outputFile(at(`tools/${name}`), `#!/bin/bash\n${body}\n`)
  await chmod(at(`tools/${name}`), 0o755)
}

/** Runs a script in the repository like a step of a job. */
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

async function commit(message: string): Promise<void> {
  await git(folder, 'add', '--all')
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
  await git(folder, ...author, 'commit', '--quiet', '--message', message)
}

/** Runs the steps of the action that check and report. */
async function runAction(revision = base): Promise<{ outputs: string; summary: string }> {
  await Promise.all(['outputs', 'summary.md'].map((name) => fs.remove(at(`tools/${name}`))))
  const { port } = api.address() as AddressInfo
  let failed = ''
  for (const { id, run = '' } of action.slice(1, -1)) {
    await shell(run, {
      BASE: revision,
      FAILED: failed,
      RUNNER_TEMP: at('tools'),
      PULL: '7',
      TOKEN: 'token',
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_OUTPUT: at('tools/outputs'),
      GITHUB_REPOSITORY: 'example-org/installer',
    })
    if (id === 'check') {
      const written = await readFile(at('tools/outputs'), 'utf8')
      failed = /^failed=(.*)$/m.exec(written)?.[1] ?? ''
    }
  }
  const [outputs, summary] = await Promise.all(
    ['outputs', 'summary.md'].map((name) => readFile(at(`tools/${name}`), 'utf8')),
  )
  return { outputs: outputs ?? '', summary: summary ?? '' }
}

describe('action.yml', () => {
  it('adds a comment, and updates the comment after a revert', async () => {
    const { outputs, summary } = await runAction()
    expect(outputs).toMatch(/^changed=true$/m)
    expect(outputs).toMatch(/^rhel-9: /m)
    expect(outputs).toMatch(/^rhel-10: /m)
    expect(comments).toHaveLength(2)
    expect(comments[1]?.body).toBe(summary)

    // After a revert, the pull request equals its base.
    const reverted = await runAction('HEAD')
    expect(reverted.outputs).toMatch(/^changed=false$/m)
    expect(comments).toHaveLength(2)
    expect(comments[1]?.body).toContain('No changes in the streams.')
  }, 120_000)

  it('adds a comment with the errors if check and diff fail', async () => {
    const snapshot = await readFile(at('snapshots/rhel-9.json'), 'utf8')
    await fs.writeFile(at('snapshots/rhel-9.json'), snapshot.replace('20260428', '20260429'))
    const { outputs } = await runAction()
    await fs.writeFile(at('snapshots/rhel-9.json'), snapshot)
    expect(outputs).toMatch(/^failed=true$/m)
    expect(comments[1]?.body).toMatch(/`stream-snapshot check` failed[\s\S]*rhel-9: .*was changed/)
    expect(comments[1]?.body).toMatch(
      /`stream-snapshot diff` failed[\s\S]*<pre>[\s\S]*rhel-9\.json/,
    )
  }, 120_000)

  it('only writes the job summary for a pull request from a fork', async () => {
    isReadOnly = true
    const { summary } = await runAction()
    expect(summary).toContain('rhel-9')
    expect(comments).toHaveLength(1)
  }, 120_000)
})

describe('docs/ci.md', () => {
  it('has commands and scripts that work', async () => {
    const page = await readFile(join(ROOT, 'docs/ci.md'), 'utf8')
    const withMockServer = (text: string) =>
      text.replace('update --check', `update --check --azure-endpoint ${azure.url}`)
    const commands = [...page.matchAll(/^\| `stream-snapshot (.*?)` \|/gm)].map(([, each = '']) =>
      withMockServer(each)
        .replace('REVISION', `${base} --exit-zero`)
        .replace('30 FILE', '1000 data/data/coreos/coreos-rhel-9.json'),
    )
    expect(commands).toHaveLength(4)
    for (const each of commands) await shell(`.bin/stream-snapshot ${each}`, azure.environment)

    const nightly = load(snippets.get('.github/workflows/new-images.yaml') ?? '') as {
      jobs: { check: { steps: readonly Step[] } }
    }
    const { run = '' } = nightly.jobs.check.steps.at(-1) ?? {}
    await shell(withMockServer(run), azure.environment)

    const [prow = ''] = [...snippets.keys()].filter((name) => name.startsWith('ci-operator/'))
    const { tests } = load(snippets.get(prow) ?? '') as {
      tests: readonly { readonly commands: string }[]
    }
    for (const { commands } of tests) await shell(commands, { PULL_BASE_SHA: base })
    expect(await readFile(at('tools/changes.md'), 'utf8')).toContain('rhel-9')
    expect(await readFile(at('tools/skew.md'), 'utf8')).toMatch(/^## rhel-10$/m)
  }, 120_000)

  it('has a script that refuses a release with a wrong digest', async () => {
    await script('sha256sum', 'echo FAILED; exit 1')
    await expect(shell('bash get-stream-snapshot.sh')).rejects.toThrow()
  })
})
