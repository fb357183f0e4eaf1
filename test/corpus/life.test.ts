import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { knownImages } from '../mock-servers/azure-images.ts'
import { buildsIn } from '../mock-servers/builds.ts'
import { azureFor } from '../support/azure.ts'
import { buildServer } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { buildsFolder, INSTALLER_BUNDLE } from '../support/corpus.ts'
import { git } from '../support/git.ts'

const PAGE = '../../docs/life.md'
const MARKETPLACE = 'data/data/coreos/marketplace/coreos-rhel-9.json'

it('docs/life.md shows the output of the commands in a clone of openshift/installer', async () => {
  const folder = join(await temporaryFolder(), 'installer')
  execFileSync('git', [
    'clone',
    '--quiet',
    '--sparse',
    '--branch',
    'main',
    INSTALLER_BUNDLE,
    folder,
  ])
  // The state of April 2026, before the bump to 9.8.20260428-0.
  await git(folder, 'checkout', '--quiet', '-B', 'release-4.22', 'HEAD~2')
  await git(folder, 'sparse-checkout', 'set', 'data/data/coreos', 'snapshots')
  const builds = await buildServer({}, buildsIn(buildsFolder('n013-9.8.20260428-0')))
  const azure = await azureFor(knownImages())
  const commit = async (message: string) => {
    await git(folder, 'add', '--all')
    await git(folder, 'commit', '--quiet', '--message', message)
  }
  const edit = async (file: string, change: (text: string) => string) =>
    writeFile(join(folder, file), change(await readFile(join(folder, file), 'utf8')))

  /** Runs a command and formats it with its output. Only `update` has credentials. */
  const shell = async (line: string, status = 0): Promise<string> => {
    const words = line.split(' ')
    const isQuery = words[0] === 'update' && !words.includes('none')
    const args = isQuery ? [...words, '--azure-endpoint', azure.url] : words
    const outcome = await run(args, { cwd: folder, env: isQuery ? azure.environment : {} })
    expect({ line, status: outcome.status, stderr: outcome.stderr }).toMatchObject({ line, status })
    const output = `${outcome.stdout}${outcome.stderr}`.replaceAll(/\(\d+\.\d s\)/g, '(0.4 s)')
    return `\`\`\`console\n$ stream-snapshot ${line}\n${output}\`\`\`\n`
  }

  const page: string[] = [
    '# From the first run to a repaired file',
    'The commands with their output ([terms](../README.md#terms)), in openshift/installer of April 2026, branch\n`release-4.22`.',
    '## Once: write the workspace',
  ]
  page.push(await shell('init'))
  await edit('stream-snapshot.json', (text) => {
    const workspace = JSON.parse(text)
    workspace.streams['rhel-9'].url = builds.streams
    return `${JSON.stringify(workspace, undefined, 2)}\n`
  })
  await commit('Add the workspace')

  page.push(
    '## Bump the builds, without cloud credentials',
    await shell('update --cloud none rhel-9 9.8.20260428-0'),
  )
  await commit('Bump RHCOS')
  page.push(
    '## Check it in CI, offline',
    await shell('check rhel-9'),
    '## Weeks later, with Azure credentials: add the marketplace images',
    await shell('update rhel-9'),
  )
  await commit('Update marketplace images')
  const readPage = async (file: string) =>
    readFile(new URL(`../../${file}`, import.meta.url), 'utf8')
  const { stdout } = await run(['diff', '--base', 'HEAD~2'], { cwd: folder })
  const summary = `\n${stdout.split('\n')[0]}\n`
  expect(await readPage('docs/diff.md')).toContain(summary)
  expect(await readPage('README.md')).toContain(summary)
  const checked = await run(['check', 'rhel-9'], { cwd: folder })
  expect(await readPage('README.md')).toContain(`$ stream-snapshot check rhel-9\n${checked.stdout}`)

  azure.setImages(knownImages().filter(({ sku }) => sku !== 'aro_422-v2'))
  page.push(
    '## An image is removed from the marketplace',
    '`update` refuses to replace the image by an older one:',
    await shell('update rhel-9', 1),
    '`stream-snapshot update rhel-9 --allow-regression` accepts the older image.',
  )
  await shell('update rhel-9 --allow-regression')
  await commit('Remove an image')

  await edit(MARKETPLACE, (text) =>
    text.replace('"422-arm"', '"421-arm"').replace('"aro_422-arm"', '"aro_421-arm"'),
  )
  page.push(
    '## A generated file was edited',
    '`check` prints the command that repairs the file. Both commands work offline:',
    await shell('check rhel-9', 1),
    await shell('regenerate rhel-9'),
  )
  await shell('check rhel-9')
  expect(await git(folder, 'status', '--porcelain')).toBe('')
  await expect(page.join('\n\n').replaceAll('\n\n\n', '\n\n')).toMatchFileSnapshot(PAGE)
})
