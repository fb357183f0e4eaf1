import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { expect, it } from 'vitest'
import { knownImages } from '../mock-servers/azure-images.ts'
import { azureFor } from '../support/azure.ts'
import { buildServer } from '../support/builds.ts'
import { CLI, execute, temporaryFolder } from '../support/cli.ts'
import { git } from '../support/git.ts'
import { cloneInstaller, everyBuild, type Installer } from '../support/installer.ts'
import { readSnippets } from '../support/snippets.ts'

const PAGE = fileURLToPath(new URL('../../docs/bump-job.md', import.meta.url))
const [RHEL_9, RHEL_10] = ['9.8.20260504-0', '10.2.20260504-0']

const images = knownImages()
const newImages = images
  .filter(({ version }) => ['9.8.20260428', '10.2.20260423'].includes(version))
  .map((image) => ({ ...image, version: image.version.replace(/\d+$/, '20260504') }))

it.each<Installer & { before: readonly [string, string] }>([
  { branch: 'release-4.22', before: ['9.8.20260403-0', '10.2.20260405-0'] },
  {
    ...{ branch: 'release-5.0', isLater: true, has50: true },
    before: ['9.8.20260428-0', '10.2.20260423-0'],
  },
])(
  'the scripts in docs/bump-job.md bump builds and update images on $branch',
  async (installer) => {
    const { branch: base, before } = installer
    const folder = await temporaryFolder()
    const at = (name: string) => join(folder, name)
    const snippets = readSnippets(PAGE)
    for (const [name, text] of snippets)
      if (name.endsWith('.sh')) await fs.outputFile(at(name), text)
    const [server, azure] = await Promise.all([
      buildServer({}, everyBuild),
      azureFor([...images, ...newImages]),
    ])
    // Adds the option and the workspace key for the mock servers, which the job does not have.
    await fs.outputFile(
      at('bin/stream-snapshot'),
      `#!/bin/bash
if [ "$*" = update ]; then set -- update --azure-endpoint ${azure.url}; fi
if [ "$1" = diff ] && [ -n "\${FAIL_DIFF:-}" ]; then exit 2; fi
'${process.execPath}' '${CLI}' "$@" || exit
if [ "$1" = init ]; then sed -i 's#"name": "rhel#"url": "${server.streams}", &#' stream-snapshot.json; fi
`,
    )
    await chmod(at('bin/stream-snapshot'), 0o755)
    const bash = async (
      script: string,
      cwd: string,
      env: Readonly<Record<string, string>> = {},
      isFailure = false,
    ) => {
      const outcome = await execute(
        'bash',
        ['-euo', 'pipefail', '-c', script],
        {
          PATH: `${at('bin')}:${process.env.PATH}`,
          HOME: folder,
          BASE: base,
          ...env,
        },
        cwd,
      )
      const output = `${outcome.stdout}${outcome.stderr}`
      if (isFailure) expect(outcome.status, output).not.toBe(0)
      else expect(outcome, output).toMatchObject({ status: 0 })
    }

    const remote = at('installer')
    await cloneInstaller(remote, installer)
    const workflow = snippets.get('.github/workflows/marketplace-images.yaml') ?? ''
    await bash(workflow.match(/git config --global .*/g)?.join('\n') ?? '', remote)
    for (const name of ['bump-builds.sh', 'update-images.sh']) {
      await fs.copy(at(name), join(remote, name))
      await git(remote, 'add', name)
    }
    await bash(snippets.get('first-run.sh') ?? '', remote, {
      RHEL_9: before[0],
      RHEL_10: before[1],
    })
    await git(remote, 'commit', '--quiet', '--message', 'Add the workspace')
    await git(remote, 'config', 'uploadpack.allowFilter', 'true')

    const branches = () => git(remote, 'for-each-ref', 'refs/heads')
    const builds = { RHEL_9, RHEL_10 }
    const start = await branches()
    await bash(`git clone --quiet "file://${remote}" failing`, at('.'))
    for (const [script, env] of [
      ['bump-builds.sh', { ...builds, FAIL_DIFF: '1' }],
      ['bump-builds.sh', { ...builds, BASE: 'release-4.2' }],
      ['bump-builds.sh', { ...builds, BASE: '' }],
      ['update-images.sh', { ...azure.environment, FAIL_DIFF: '1' }],
      ['update-images.sh', { ...azure.environment, BASE: '' }],
    ] as const) {
      await bash(`bash ${script}`, at('failing'), env, true)
      await git(at('failing'), 'reset', '--quiet', '--hard')
    }
    expect(await branches()).toBe(start)

    const [, stage = ''] = /sh '''\n(.*?)'''/s.exec(snippets.get('Jenkinsfile') ?? '') ?? []
    await bash(stage, at('.'), { ...builds, REPOSITORY: `file://${remote}` })
    const branch = `bump-${RHEL_9}-${RHEL_10}`
    const message = await git(remote, 'log', '-1', '--format=%B', branch)
    expect(message).toContain(`rhel-9: ${before[0]} -> ${RHEL_9}`)
    expect(message).toContain(`rhel-10: ${before[1]} -> ${RHEL_10}`)

    await git(remote, 'merge', '--quiet', branch)
    await bash(`git clone --quiet "file://${remote}" images`, at('.'))
    // An untracked file, which must not be committed.
    await fs.outputFile(at('images/.bin/stream-snapshot'), '')
    const update = () => bash('bash update-images.sh', at('images'), azure.environment)
    await update()
    const imagesMessage = await git(
      remote,
      'log',
      '-1',
      '--format=%B',
      `marketplace-images-${base}`,
    )
    expect(imagesMessage).toMatch(/ 2026-05-04 +exact$/m)
    expect(imagesMessage).not.toContain('stream.ocp')
    const files = await git(remote, ...['diff', '--name-only', base, `marketplace-images-${base}`])
    expect(files.trim().split('\n')).toEqual([
      'data/data/coreos/marketplace/coreos-rhel-10.json',
      'data/data/coreos/marketplace/coreos-rhel-9.json',
      'snapshots/rhel-10.json',
      'snapshots/rhel-10.recording.json',
      'snapshots/rhel-9.json',
      'snapshots/rhel-9.recording.json',
    ])

    // Neither job pushes again before or after the merge.
    const pushed = await branches()
    await update()
    expect(await branches()).toBe(pushed)
    await git(remote, 'merge', '--quiet', `marketplace-images-${base}`)
    const merged = await branches()
    await update()
    await bash('bash bump-builds.sh', at('images'), builds)
    expect(await branches()).toBe(merged)
  },
  180_000,
)
