import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/commands/index.ts'
import { CLI, run } from '../support/cli.ts'
import { ASKING, OFFLINE } from '../support/offline.ts'

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
  it.each(names)('of %s has an example', async (name) => {
    const { status, stdout } = await run([name, '--help'])
    expect(status).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples:\\n +stream-snapshot ${name} `))
  })

  it('is what no arguments give, and what help COMMAND gives', async () => {
    const all = await run(['--help'])
    expect(await run([])).toEqual(all)
    expect(await run(['help'])).toEqual(all)
    expect(await run(['help', 'skew'])).toEqual(await run(['skew', '--help']))
    expect(all.stdout).toMatch(/^Commands:\n {2}stream-snapshot capture /m)
    expect(all.stdout).toMatch(/^Exit 0: done, nothing differs\. 1: /m)
  })

  it('is a manual page too', async () => {
    const page = await readFile(new URL('../../dist/stream-snapshot.1', import.meta.url), 'utf8')
    for (const { name, options } of COMMANDS) {
      expect(page).toMatch(new RegExp(`^\\.SS ${name}`, 'm'))
      for (const option of Object.keys(options)) {
        expect(page).toContain(`.B \\-\\-${option.replaceAll('-', '\\-')}\n`)
      }
    }
  })

  it.each(names)('of %s tells what is its own before what all take', async (name) => {
    const { stdout } = await run([name, '--help'])
    const groups = [...stdout.matchAll(/^[A-Z].*:$/gm)].map(([group]) => group)
    expect(groups[0]).toBe('Positionals:')
    expect(groups.slice(-2)).toEqual(['Global options:', 'Examples:'])
  })

  it('says what is wrong with a value in one line, and how to know better', async () => {
    const { status, stderr } = await run(['diff', 'a', 'b', '--format', 'html'])
    expect(status).toBe(2)
    expect(stderr).toBe(
      'stream-snapshot: --format: expected one of text, json, markdown, found "html"\n' +
        'stream-snapshot diff --help shows what it takes.\n',
    )
  })
})

describe('each command', () => {
  it('asks somebody, or is tried without anybody to ask', () => {
    const tried = Object.values(OFFLINE).map(([name = '']) => name)
    expect([...new Set([...tried, ...ASKING])].sort()).toEqual([...names].sort())
  })

  it('that takes a stream for a snapshot is in docs/workspace.md', async () => {
    const page = await readFile(new URL('../../docs/workspace.md', import.meta.url), 'utf8')
    const told = /((?:`[a-z]+`(?:, | and )?)+) take a stream's name/.exec(page)?.[1] ?? ''
    const taking = COMMANDS.filter(({ forStream }) => forStream).map(({ name }) => name)
    expect(told.match(/[a-z]+(?=`)/g)?.sort()).toEqual(taking.sort())
  })

  it.each(names)('%s is in the README', async (name) => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme.slice(readme.indexOf('\n## Commands'))).toMatch(new RegExp(`\`${name}[ \`]`))
  })
})

describe('a mistake in the command line', () => {
  it.each([
    ['regnerate x', 'unknown command: regnerate; did you mean regenerate?'],
    ['nosuch', 'unknown command: nosuch'],
    ['regenerate', 'SNAPSHOT is missing'],
    ['diff a', 'a: expected a snapshot, there is none, and none in HEAD'],
    ['completion tcsh', 'SHELL: expected one of bash, zsh, fish, found "tcsh"'],
    ['regenerate s.json --traget x', 'unknown option: --traget; did you mean --target?'],
    ['report x', '--output is missing'],
    ['list s.json --cloud azure aws', 'unexpected argument: aws; --cloud takes one cloud here'],
  ])('%s', async (words, fault) => {
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

  it('works in bash', async () => {
    const { stdout: script } = await run(['completion', 'bash'])
    const asked = `${script}
stream-snapshot() { '${process.execPath}' '${CLI}' "$@"; }
COMP_WORDS=(stream-snapshot skew s.json --fail-on o); COMP_CWORD=4
_stream_snapshot; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', asked])
    expect(stdout.trimEnd().split('\n')).toEqual([
      'older-build',
      'older-release',
      'older-rhel-major',
    ])
  })

  it('knows the commands, and the options and values of each', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining(names))
    expect(await complete('skew', '--')).toEqual(
      expect.arrayContaining(['--fail-on', '--max-days', '--target']),
    )
    expect(await complete('diff', '--format', '')).toEqual(['text', 'json', 'markdown'])
    expect(await complete('capture', 's.json', '--cloud', 'a')).toEqual(['azure', 'aws'])
    expect(await complete('image', 's.json', '--plan', 'ocp')).toEqual(['ocp', 'ocp-emea'])
  })

  it('leaves file names to the shell', async () => {
    expect(await complete('list', '')).toEqual([])
    expect(await complete('skew', '--target', '')).toEqual([])
  })
})
