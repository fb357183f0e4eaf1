import { execFile } from 'node:child_process'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { CLI, run, temporaryFolder } from '../support/cli.ts'
import { commitAll, git } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'

const FILE = 'snapshots/s.json'
const OLD = azureImage('418-v2', '418.94.20240916')
const NEW = azureImage('418-v2', '418.94.20241009')
const SLOT = 'azure no-purchase-plan x86_64 gen2  azureopenshift:aro4:418-v2'
const ONE_ADDED = `~  ${SLOT}:418.94.20240916 -> 418.94.20241009  2024-10-09\n`
const ONE_UNLISTED = `-  ${SLOT}:418.94.20240916 (not queried)\n`

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await temporaryFolder()
  await mkdir(at('snapshots'))
  await writeFile(at(FILE), snapshotText([OLD]))
  await commitAll(folder, 'first')
  await writeFile(at(FILE), snapshotText([OLD, NEW]))
  await writeFile(at('other.txt'), 'unrelated')
  await commitAll(folder, 'second')
})

async function cloneRepository(...options: string[]): Promise<string> {
  const clone = join(await temporaryFolder(), 'clone')
  await git(folder, 'config', 'uploadpack.allowFilter', 'true')
  await git(folder, 'clone', '--quiet', ...options, `file://${folder}`, clone)
  return clone
}

const SAME = { status: 0, stdout: '', stderr: 'rhcos-4.18: no changes\n' }

const createRefusal = (line: string, remedy: string) => ({
  status: 2,
  stdout: '',
  stderr: `stream-snapshot: ${line}\n${remedy}\n`,
})

describe('diff and history in a pre-commit hook', () => {
  /** Installs a hook that runs commands and then fails; returns what the failed commit prints. */
  async function commitWithHook(cwd: string, lines: readonly string[], ...args: string[]) {
    const hook = at('.git/hooks/pre-commit')
    const program = `'${process.execPath}' '${CLI}'`
    const commands = lines.map((line) => `${program} ${line}\necho "exit $?"\n`)
    await mkdir(at('.git/hooks'), { recursive: true })
    await writeFile(hook, `#!/bin/sh\nexec 2>&1\n${commands.join('')}exit 9\n`)
    await chmod(hook, 0o755)
    const failed = await git(cwd, 'commit', '-m', 'x', ...args).catch((error) => error)
    return String(failed.stdout) + String(failed.stderr)
  }

  it.each([
    ['all changed files', ['--all']],
    ['one file', [FILE]],
  ])('read the index of a commit of %s', async (_, args) => {
    await writeFile(at(FILE), snapshotText([NEW]))
    const output = await commitWithHook(folder, [`diff HEAD:${FILE} :${FILE}`], ...args)
    expect(output).toContain(ONE_UNLISTED)
    expect(output).toContain('exit 1\n')
  })

  it('read a separate work tree', async () => {
    const tree = join(await temporaryFolder(), 'tree')
    await git(folder, 'worktree', 'add', '--quiet', tree)
    await writeFile(join(tree, FILE), snapshotText([NEW]))
    const lines = [`diff HEAD:${FILE} :${FILE}`, `diff ${FILE}`, `history ${FILE} --max-count 1`]
    const output = await commitWithHook(tree, lines, '--all')
    expect(output.split(ONE_UNLISTED)).toHaveLength(3)
    expect(output).toMatch(/ {2}second\n/)
  })

  it('ignore the git variables of another repository', async () => {
    const env = { GIT_DIR: '/nonexistent', GIT_INDEX_FILE: '/nonexistent/index' }
    const ungraded = `${FILE}: no builds, so images are not graded; add --target FILE\n`
    for (const [stderr, ...args] of [
      [ungraded, 'history', FILE],
      [SAME.stderr, 'diff', FILE],
      [SAME.stderr, 'diff', `:${FILE}`, FILE],
    ] as const) {
      expect(await run(args, { cwd: folder, env })).toMatchObject({ status: 0, stderr })
    }
  })
})

describe('in a bare clone', () => {
  it('diff and history read revisions, and diff refuses a file', async () => {
    const cwd = await cloneRepository('--bare')
    const both = await run(['diff', `HEAD~1:${FILE}`, `HEAD:${FILE}`], { cwd })
    expect(both).toMatchObject({ status: 1, stderr: '' })
    expect(both.stdout).toContain(ONE_ADDED)
    const history = await run(['history', FILE], { cwd })
    expect(history.stdout).toMatch(/second\n.*\n.*first\n/)
    expect(await run(['diff', FILE], { cwd })).toEqual(
      createRefusal(
        `${FILE}: no such file: the repository is bare`,
        'Use two revisions: REVISION:PATH REVISION:PATH.',
      ),
    )
  })
})

describe('in a sparse checkout', () => {
  it('diff reports no changes for a file that is not checked out', async () => {
    const cwd = await cloneRepository('--no-checkout')
    await git(cwd, 'sparse-checkout', 'set', '--no-cone', '/other.txt')
    await git(cwd, 'checkout', '--quiet')
    expect(await run(['diff', FILE], { cwd })).toEqual(SAME)
    expect((await run(['history', FILE], { cwd })).stdout).toMatch(/second\n.*\n.*first\n/)
    // A removed file is a change.
    await git(folder, 'rm', '--quiet', FILE)
    const { status, stdout } = await run(['diff', FILE], { cwd: folder })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^rhcos-4\.18: release unknown; no marketplace images, 1 removed\n/)
  })
})

describe('diff from another folder', () => {
  it('accepts an absolute path and a path through links', async () => {
    await writeFile(at(FILE), snapshotText([OLD]))
    const outside = await temporaryFolder()
    await symlink(at('snapshots'), join(outside, 'linked'))
    await symlink(at(FILE), join(outside, 'link.json'))
    for (const name of ['linked/s.json', 'link.json', at(FILE)]) {
      const { status, stdout } = await run(['diff', name], { cwd: outside })
      expect({ name, status }).toEqual({ name, status: 1 })
      expect(stdout).toContain(`~  ${SLOT}:418.94.20241009 -> 418.94.20240916`)
    }
  })
})

describe('in a partial clone', () => {
  it.each([['blob:none'], ['tree:0']])(
    'diff and history report content missing by %s and fetch nothing',
    async (filter) => {
      const cwd = await cloneRepository(`--filter=${filter}`)
      const listMissing = () => git(cwd, 'rev-list', '--objects', '--missing=print', 'HEAD')
      const before = await listMissing()
      expect(before).toMatch(/^\?/m)
      const createMissing = (name: string) =>
        createRefusal(
          `${name}: its content is not in this clone`,
          'Fetch it with git fetch --refetch --no-filter.',
        )
      const parent = `HEAD~1:${FILE}`
      expect(await run(['diff', parent, FILE], { cwd })).toEqual(createMissing(parent))
      expect(await run(['history', FILE], { cwd })).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(
          /^stream-snapshot: [^\n]*: its content is not in this clone\n/,
        ),
      })
      expect(await run(['diff', FILE], { cwd })).toEqual(SAME)
      expect(await listMissing()).toBe(before)
    },
  )
})

describe('in a repository of another user', () => {
  it.runIf(process.getuid?.() === 0)(
    'diff and history report why they do not read it',
    async () => {
      await promisify(execFile)('chown', ['-R', '12345', folder])
      const trust = 'If you trust it: git config --global --add safe.directory FOLDER'
      const owner = `detected dubious ownership in repository at '${folder}'`
      const message = `${FILE}: no git history: ${owner}`
      expect(await run(['history', FILE], { cwd: folder })).toEqual(createRefusal(message, trust))
      expect(await run(['diff', FILE], { cwd: folder })).toEqual(createRefusal(message, trust))
      const side = `HEAD:${FILE}: no such file, and no git repository: ${owner}`
      expect(await run(['diff', `HEAD:${FILE}`, FILE], { cwd: folder })).toEqual(
        createRefusal(side, trust),
      )
    },
  )
})

describe('outside a repository', () => {
  it('diff and history fail, and in an empty repository diff reports all images as new', async () => {
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 's.json'), snapshotText([OLD]))
    const outcome = await run(['diff', 's.json'], { cwd })
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(
      /^stream-snapshot: s\.json: no git history: not a git repository.*\nUse a file in a git repository\.\n$/,
    )
    expect(await run(['history', 's.json'], { cwd })).toEqual(outcome)
    await git(cwd, 'init', '--quiet')
    expect((await run(['diff', 's.json'], { cwd })).stdout).toContain(`+  ${SLOT}:418.94.20240916`)
  })
})

describe('with git older than 2.31', () => {
  it('diff works, and history requires an update of git', async () => {
    await mkdir(at('bin'))
    await writeFile(
      at('bin/git'),
      `#!/bin/sh
for each; do case $each in --diff-merges=*)
  echo "fatal: unrecognized argument: $each" >&2; exit 128;; esac; done
PATH=\${PATH#*:} exec git "$@"
`,
    )
    await chmod(at('bin/git'), 0o755)
    const env = { PATH: `${at('bin')}:${process.env.PATH}` }
    const history = await run(['history', FILE], { cwd: folder, env })
    expect(history).toEqual(
      createRefusal(
        `${FILE}: no git history: unrecognized argument: --diff-merges=first-parent`,
        'Update git to 2.31 or later.',
      ),
    )
    const both = await run(['diff', `HEAD~1:${FILE}`, FILE], { cwd: folder, env })
    expect(both.stdout).toContain(ONE_ADDED)
  })
})
