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
  await writeFile(at('other.txt'), 'of nobody here')
  await commitAll(folder, 'second')
})

/** Clones the repository with these options. */
async function cloned(...options: string[]): Promise<string> {
  const clone = join(await temporaryFolder(), 'clone')
  await git(folder, 'config', 'uploadpack.allowFilter', 'true')
  await git(folder, 'clone', '--quiet', ...options, `file://${folder}`, clone)
  return clone
}

const SAME = { status: 0, stdout: '', stderr: 'rhcos-4.18: no changes\n' }

const refusal = (line: string, remedy: string) => ({
  status: 2,
  stdout: '',
  stderr: `stream-snapshot: ${line}\n${remedy}\n`,
})

describe('a hook', () => {
  /** Makes a hook of these command lines, and commits; what they print is in the error. */
  async function committed(cwd: string, lines: readonly string[], ...args: string[]) {
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
    ['of all that changed', ['--all']],
    ['of one file', [FILE]],
  ])('sees the index of the commit in the making, %s', async (_, args) => {
    await writeFile(at(FILE), snapshotText([NEW]))
    const output = await committed(folder, [`diff HEAD:${FILE} :${FILE}`], ...args)
    expect(output).toContain(ONE_UNLISTED)
    expect(output).toContain('exit 1\n')
  })

  it('of a separate work tree reads that work tree', async () => {
    const tree = join(await temporaryFolder(), 'tree')
    await git(folder, 'worktree', 'add', '--quiet', tree)
    await writeFile(join(tree, FILE), snapshotText([NEW]))
    const lines = [`diff HEAD:${FILE} :${FILE}`, `diff ${FILE}`, `history ${FILE} --max-count 1`]
    const output = await committed(tree, lines, '--all')
    expect(output.split(ONE_UNLISTED)).toHaveLength(3)
    expect(output).toMatch(/ {2}second\n/)
  })

  it('ignores the git variables of another repository', async () => {
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

describe('a bare clone', () => {
  it('has revisions to compare, and no files', async () => {
    const cwd = await cloned('--bare')
    const both = await run(['diff', `HEAD~1:${FILE}`, `HEAD:${FILE}`], { cwd })
    expect(both).toMatchObject({ status: 1, stderr: '' })
    expect(both.stdout).toContain(ONE_ADDED)
    const history = await run(['history', FILE], { cwd })
    expect(history.stdout).toMatch(/second\n.*\n.*first\n/)
    expect(await run(['diff', FILE], { cwd })).toEqual(
      refusal(
        `${FILE}: no such file: the repository is bare`,
        'Use two revisions: REVISION:PATH REVISION:PATH.',
      ),
    )
  })
})

describe('a sparse checkout', () => {
  it('has not lost what it leaves out', async () => {
    const cwd = await cloned('--no-checkout')
    await git(cwd, 'sparse-checkout', 'set', '--no-cone', '/other.txt')
    await git(cwd, 'checkout', '--quiet')
    expect(await run(['diff', FILE], { cwd })).toEqual(SAME)
    expect((await run(['history', FILE], { cwd })).stdout).toMatch(/second\n.*\n.*first\n/)
    // One that is removed is another matter.
    await git(folder, 'rm', '--quiet', FILE)
    const { status, stdout } = await run(['diff', FILE], { cwd: folder })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^rhcos-4\.18: release unknown; no marketplace images, 1 removed\n/)
  })
})

describe('a path', () => {
  it('may lead through links, from outside, and from the root of the disk', async () => {
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

describe('a clone without contents', () => {
  it.each([['blob:none'], ['tree:0']])('of %s says so, and fetches nothing', async (filter) => {
    const cwd = await cloned(`--filter=${filter}`)
    const missing = () => git(cwd, 'rev-list', '--objects', '--missing=print', 'HEAD')
    const before = await missing()
    expect(before).toMatch(/^\?/m)
    const lacks = (name: string) =>
      refusal(
        `${name}: its content is not in this clone`,
        'Fetch it with git fetch --refetch --no-filter.',
      )
    const then = `HEAD~1:${FILE}`
    expect(await run(['diff', then, FILE], { cwd })).toEqual(lacks(then))
    expect(await run(['history', FILE], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^stream-snapshot: [^\n]*: its content is not in this clone\n/),
    })
    expect(await run(['diff', FILE], { cwd })).toEqual(SAME)
    expect(await missing()).toBe(before)
  })
})

describe("another user's repository", () => {
  it.runIf(process.getuid?.() === 0)('is not read, and the reason is reported', async () => {
    await promisify(execFile)('chown', ['-R', '12345', folder])
    const trust = 'If you trust it: git config --global --add safe.directory FOLDER'
    const owner = `detected dubious ownership in repository at '${folder}'`
    const told = `${FILE}: no git history: ${owner}`
    expect(await run(['history', FILE], { cwd: folder })).toEqual(refusal(told, trust))
    expect(await run(['diff', FILE], { cwd: folder })).toEqual(refusal(told, trust))
    const side = `HEAD:${FILE}: no such file, and no git repository: ${owner}`
    expect(await run(['diff', `HEAD:${FILE}`, FILE], { cwd: folder })).toEqual(refusal(side, trust))
  })
})

describe('no repository', () => {
  it('is no reason to say that all is new', async () => {
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

describe('git older than 2.31', () => {
  it('compares, and says that a history needs a newer one', async () => {
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
      refusal(
        `${FILE}: no git history: unrecognized argument: --diff-merges=first-parent`,
        'Update git to 2.31 or later.',
      ),
    )
    const both = await run(['diff', `HEAD~1:${FILE}`, FILE], { cwd: folder, env })
    expect(both.stdout).toContain(ONE_ADDED)
  })
})
