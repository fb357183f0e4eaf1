import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/commands/index.ts'
import { CLI, run } from '../support/cli.ts'
import { ASKING, OFFLINE } from '../support/offline.ts'

const MANIFEST = new URL('../../package.json', import.meta.url)
const names = COMMANDS.map(({ name }) => name)

const complete = async (...words: string[]) => {
  const { status, stdout, stderr } = await run([
    '--get-yargs-completions',
    'stream-snapshot',
    ...words,
  ])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.split('\n').filter(Boolean)
}

describe('help', () => {
  it.each(names)('for %s starts with examples, and has one line for each option', async (name) => {
    const { status, stdout } = await run([name, '--help'], { env: { COLUMNS: '80' } })
    expect(status).toBe(0)
    expect(stdout).toMatch(
      new RegExp(
        `^Usage: stream-snapshot ${name} .*\n\n[^\n]*\n\nExamples:\n( {2}# .*\n {2}stream-snapshot ${name}\\b)`,
      ),
    )
    const command = COMMANDS.find((each) => each.name === name)
    for (const [option, { isFlag }] of Object.entries(command?.options ?? {})) {
      const value = isFlag ? '' : ' \\[?[A-Z.]+\\]?'
      expect(stdout).toMatch(
        new RegExp(`^ {2}( {4}|-[a-zA-Z], )--${option}${value} {2,}\\S.{9,}$`, 'm'),
      )
    }
    expect(stdout).not.toContain('VALUE')
    // Continuation lines are indented further than option names.
    const options = stdout.slice(stdout.indexOf('\nOptions:'), stdout.indexOf('\nValues:'))
    expect(options.split('\n').filter((line) => /^ {3,5}\S|^ {7,}[^-\s]/.test(line))).toEqual([])
  })

  it.each(['-h', '--help'])('is printed for %s at any position', async (flag) => {
    const help = await run(['skew', '--help'])
    expect(await run(['skew', 's.json', flag])).toEqual(help)
    expect((await run(['nosuch', flag])).stderr).toMatch(
      /^stream-snapshot: unknown command: nosuch/,
    )
  })

  it('is not printed for -V and --version, which print the version', async () => {
    const { version } = JSON.parse(await readFile(MANIFEST, 'utf8'))
    for (const line of ['-V', '--version', 'update --version', 'check one -V']) {
      expect(await run(line.split(' '))).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    }
  })

  it('is printed without arguments, and by help COMMAND', async () => {
    const all = await run(['--help'])
    expect(await run([])).toEqual(all)
    expect(await run(['help'])).toEqual(all)
    expect(await run(['help', 'skew'])).toEqual(await run(['skew', '--help']))
    const groups = [...all.stdout.matchAll(/^([A-Z].*):$/gm)].map(([, group]) => group)
    expect(groups).toEqual([
      ...['Repository', 'Review', 'Publish', 'Use a stream', 'Single files', 'Other'],
      ...['Global options', 'Grades of an image, from the best', 'Exit codes'],
    ])
    for (const name of [...names, 'help']) {
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} +[A-Z]`, 'm'))
    }
  })

  it('is also available as a manual page', async () => {
    const page = await readFile(new URL('../../dist/stream-snapshot.1', import.meta.url), 'utf8')
    for (const { name, options } of COMMANDS) {
      expect(page).toMatch(new RegExp(`^\\.SS ${name}`, 'm'))
      for (const option of Object.keys(options)) {
        expect(page).toContain(`\\-\\-${option.replaceAll('-', '\\-')}`)
      }
    }
  })
})

describe('each command', () => {
  it('queries a service, or is tested offline', () => {
    const tested = Object.values(OFFLINE).map(([name = '']) => name)
    expect([...new Set([...tested, ...ASKING])].sort()).toEqual([...names].sort())
  })

  it.each(names.filter((name) => name !== 'completion'))('%s is in the README', async (name) => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme).toMatch(new RegExp(`(\`|stream-snapshot )${name}\\b`))
  })
})

describe('a mistake in the command line', () => {
  it.each([
    ['regnerate x', 'unknown command: regnerate; did you mean regenerate?'],
    ['nosuch', 'unknown command: nosuch'],
    ['verify', 'missing argument: SNAPSHOT'],
    ['regenerate s.json --traget x', 'unknown option: --traget; did you mean --target?'],
    ['report x', 'missing option: --file'],
    ['list --color --no-color', '--color cannot be combined with --no-color'],
    ['list -- x', 'unexpected argument after --: "x"'],
    ['list --quiet=yes', '--quiet: unexpected value "yes"'],
    ['list s.json --cloud azure aws', 'unexpected argument: aws; --cloud takes one cloud here'],
    ['image rhcos.json aws', 'unexpected argument: aws; use --cloud aws'],
    ['check rhel-9 --cloud aws', 'unknown option: --cloud'],
  ])('is refused: %s', async (words, fault) => {
    const { status, stdout, stderr } = await run(words.split(' '))
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`stream-snapshot: ${fault}`)
  })
})

describe('completion', () => {
  it.each([
    ['bash', 'complete -o bashdefault -o default -F _stream_snapshot stream-snapshot'],
    ['zsh', 'compdef _stream_snapshot stream-snapshot'],
    ['fish', 'complete -c stream-snapshot -a '],
  ])('prints a script for %s', async (shell, line) => {
    const { status, stdout } = await run(['completion', shell])
    expect(status).toBe(0)
    expect(stdout).toContain(line)
    const own = await run(['completion'], { env: { SHELL: `/usr/bin/${shell}` } })
    expect(own.stdout).toBe(stdout)
  })

  it('completes values in bash', async () => {
    const { stdout: script } = await run(['completion', 'bash'])
    const bashScript = `${script}
stream-snapshot() { '${process.execPath}' '${CLI}' "$@"; }
COMP_WORDS=(stream-snapshot skew s.json --fail-on o); COMP_CWORD=4
_stream_snapshot; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', bashScript])
    expect(stdout.trimEnd().split('\n')).toEqual([
      'older-build',
      'older-release',
      'older-rhel-major',
    ])
  })

  it('completes commands, options and values', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining(names))
    expect(await complete('skew', '--')).toEqual(
      expect.arrayContaining(['--fail-on', '--max-days', '--target']),
    )
    expect(await complete('diff', '-o', '')).toEqual(['text', 'json', 'markdown'])
    expect(await complete('capture', 's.json', '--cloud', 'a')).toEqual(['azure', 'aws'])
    expect(await complete('image', 's.json', '--plan', 'ocp')).toEqual(['ocp', 'ocp-emea'])
  })

  it('leaves file names to the shell', async () => {
    expect(await complete('list', 'snap')).toEqual([])
    expect(await complete('skew', '--target', '')).toEqual([])
  })

  it('completes the names of streams', async () => {
    for (const command of ['list', 'skew', 'diff', 'history', 'report', 'check', 'update']) {
      expect(await complete(command, 'rhel-1')).toEqual(['rhel-10'])
    }
  })
})
