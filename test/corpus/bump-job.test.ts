import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { expect, it } from 'vitest'
import { knownImages } from '../mock-servers/azure-images.ts'
import { type BuildSource, buildsIn } from '../mock-servers/builds.ts'
import { azureFor } from '../support/azure.ts'
import { buildServer } from '../support/builds.ts'
import { CLI, execute, temporaryFolder } from '../support/cli.ts'
import { buildsOf, CORPUS } from '../support/corpus.ts'
import { git } from '../support/git.ts'

const BUNDLE = join(CORPUS, 'history/installer-main.bundle')
const PAGE = fileURLToPath(new URL('../../docs/bump-job.md', import.meta.url))
const [RHEL_9, RHEL_10, EARLIER] = ['9.8.20260428-0', '10.2.20260423-0', '10.2.20260410-0']

/** The corpus has one build of RHEL 10.2, with few regions; here it has every release of RHEL 10.2. */
const builds: BuildSource = async (build) => {
  if (!build.release.startsWith('10.2.')) return buildsIn(buildsOf('n013-9.8.20260428-0'))(build)
  const isEarlier = ['ppc64le', 's390x'].includes(build.architecture)
  const release = isEarlier ? '10.2.20260212-0' : '10.2.20260217-0'
  const text = await buildsIn(buildsOf('n009-10.2.20260217-0'))({ ...build, release })
  return text?.replaceAll(release, build.release)
}

it('docs/bump-job.md has scripts that bump builds and pick up images', async () => {
  const folder = await temporaryFolder()
  const at = (name: string) => join(folder, name)
  const snippets = new Map(
    [...readFileSync(PAGE, 'utf8').matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(
      ([, name = '', text = '']) => [name, text],
    ),
  )
  for (const [name, text] of snippets) if (name.endsWith('.sh')) await fs.outputFile(at(name), text)
  const [server, azure] = await Promise.all([buildServer({}, builds), azureFor(knownImages())])
  // The mock cloud needs an option that the job does not have.
  await fs.outputFile(
    at('bin/stream-snapshot'),
    `#!/bin/bash\nif [ "$*" = update ]; then set -- update --azure-endpoint ${azure.url}; fi\nexec '${process.execPath}' '${CLI}' "$@"\n`,
  )
  await chmod(at('bin/stream-snapshot'), 0o755)
  const bash = async (script: string, cwd: string, env: Readonly<Record<string, string>> = {}) => {
    const outcome = await execute(
      'bash',
      ['-euo', 'pipefail', '-c', script],
      {
        PATH: `${at('bin')}:${process.env.PATH}`,
        HOME: folder,
        BASE: 'release-4.22',
        ...env,
      },
      cwd,
    )
    expect(outcome, `${outcome.stdout}${outcome.stderr}`).toMatchObject({ status: 0 })
  }

  // The repository of April 2026, with the workspace that the first script writes.
  const remote = at('installer')
  execFileSync('git', ['clone', '--quiet', '--branch', 'main', BUNDLE, remote])
  await git(remote, 'checkout', '--quiet', '-B', 'release-4.22', 'HEAD~2')
  const workflow = snippets.get('.github/workflows/marketplace-images.yaml') ?? ''
  await bash(workflow.match(/git config --global .*/g)?.join('\n') ?? '', remote)
  await bash(snippets.get('first-run.sh') ?? '', remote)
  for (const name of ['bump-builds.sh', 'update-images.sh']) {
    await fs.copy(at(name), join(remote, name))
  }
  const workspace = await fs.readJson(join(remote, 'stream-snapshot.json'))
  for (const name of ['rhel-9', 'rhel-10']) workspace.streams[name].url = server.streams
  await fs.writeJson(join(remote, 'stream-snapshot.json'), workspace)
  await bash(`stream-snapshot update --cloud none rhel-10 ${EARLIER} --allow-regression`, remote)
  await git(remote, 'add', '--all')
  await git(remote, 'commit', '--quiet', '--message', 'Add the workspace')
  await git(remote, 'config', 'uploadpack.allowFilter', 'true')

  const [, stage = ''] = /sh '''\n(.*?)'''/s.exec(snippets.get('Jenkinsfile') ?? '') ?? []
  await bash(stage, at('.'), { RHEL_9, RHEL_10, REPOSITORY: `file://${remote}` })
  const branch = `bump-${RHEL_9}-${RHEL_10}`
  const message = await git(remote, 'log', '-1', '--format=%B', branch)
  expect(message).toContain(`rhel-9: 9.8.20260403-0 -> ${RHEL_9}`)
  expect(message).toContain(`rhel-10: ${EARLIER} -> ${RHEL_10}`)

  await git(remote, 'merge', '--quiet', branch)
  await bash(`git clone --quiet "file://${remote}" images`, at('.'))
  // The executable is not committed.
  await fs.outputFile(at('images/.bin/stream-snapshot'), '')
  const update = () => bash('bash update-images.sh', at('images'), azure.environment)
  await update()
  const images = await git(remote, 'log', '-1', '--format=%B', 'marketplace-images-release-4.22')
  expect(images).toContain('images changed')
  const files = await git(
    remote,
    ...['diff', '--name-only', 'release-4.22', 'marketplace-images-release-4.22'],
  )
  expect(files.trim().split('\n')).toEqual([
    'data/data/coreos/marketplace/coreos-rhel-10.json',
    'data/data/coreos/marketplace/coreos-rhel-9.json',
    'snapshots/rhel-10.json',
    'snapshots/rhel-10.recording.json',
    'snapshots/rhel-9.json',
    'snapshots/rhel-9.recording.json',
  ])

  await git(remote, 'merge', '--quiet', 'marketplace-images-release-4.22')
  await git(at('images'), 'switch', '--quiet', 'release-4.22')
  await git(at('images'), 'pull', '--quiet')
  const head = await git(remote, 'rev-parse', 'HEAD')
  await update()
  await bash('bash bump-builds.sh', at('images'), { RHEL_9, RHEL_10 })
  expect(await git(at('images'), 'branch', '--show-current')).toBe('release-4.22\n')
  expect(await git(remote, 'rev-parse', 'marketplace-images-release-4.22')).toBe(head)
}, 180_000)
