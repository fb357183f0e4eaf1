import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = `${ROOT}.github/workflows/`

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string>>
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

const workflows = fs.readdirSync(FOLDER).map((name) => {
  const workflow = load(fs.readFileSync(`${FOLDER}${name}`, 'utf8')) as Workflow
  return { name, workflow, steps: Object.values(workflow.jobs).flatMap(({ steps }) => steps) }
})

describe.each(workflows)('.github/workflows/$name', ({ workflow, steps }) => {
  it('has only read permission for the repository by default', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
  })

  it('pins every action to a commit', () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
  })

  it('has scripts that bash parses', () => {
    for (const { run = '' } of steps) execFileSync('bash', ['-n', '-c', run])
  })

  it('uses npm scripts and files that exist', () => {
    const { scripts } = fs.readJsonSync(`${ROOT}package.json`)
    const names = steps.flatMap(({ run = '' }) =>
      [...run.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name),
    )
    expect(names.filter((name) => name !== 'ci' && !(name in scripts))).toEqual([])
    const nodeVersion = steps.find((step) => step.with?.['node-version-file'])?.with
    if (nodeVersion) expect(fs.existsSync(`${ROOT}${nodeVersion['node-version-file']}`)).toBe(true)
  })
})

describe('scripts/set-repository.ts', () => {
  it('replaces the placeholder of the repository name', async () => {
    const copy = fs.mkdtempSync('/tmp/set-repository-')
    try {
      execFileSync('git', ['clone', '--quiet', ROOT, copy])
      fs.copySync(`${ROOT}scripts/set-repository.ts`, `${copy}/scripts/set-repository.ts`)
      fs.symlinkSync(`${ROOT}node_modules`, `${copy}/node_modules`)
      const run = (...words: string[]) =>
        execFileSync('node', ['--import', 'tsx', 'scripts/set-repository.ts', ...words], {
          cwd: copy,
          encoding: 'utf8',
          stdio: 'pipe',
        })
      expect(() => run('not a name')).toThrow('expected OWNER/NAME')
      run('example-org/stream-snapshot')
      const { repository } = fs.readJsonSync(`${copy}/package.json`)
      expect(repository.url).toBe('git+https://github.com/example-org/stream-snapshot.git')
      const left = execFileSync('git', ['grep', '-l', 'OWNER/stream-snapshot'], { cwd: copy })
      expect(String(left).trim()).toMatch(/^(scripts\/set-repository\.ts|test\/supply\/.*)?$/m)
    } finally {
      fs.removeSync(copy)
    }
  })
})
