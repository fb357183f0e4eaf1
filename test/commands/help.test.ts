import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/commands/index.ts'
import { run } from '../support/cli.ts'

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

describe('a mistake in the command line', () => {
  it.each([
    ['regnerate x', 'unknown command: regnerate; did you mean regenerate?'],
    ['nosuch', 'unknown command: nosuch'],
    ['regenerate', 'SNAPSHOT is missing'],
    ['diff a', 'a: expected a snapshot, there is none, and none in HEAD'],
    ['completion zsh', 'unexpected argument: zsh; the script is for the shell that SHELL names'],
  ])('%s', async (words, fault) => {
    const { status, stdout, stderr } = await run(words.split(' '))
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`stream-snapshot: ${fault}`)
  })
})

describe('completion', () => {
  it('prints a script', async () => {
    const { status, stdout } = await run(['completion'])
    expect(status).toBe(0)
    expect(stdout).toContain('complete -o bashdefault -o default -F _stream-snapshot')
  })

  it('knows the commands, and the options and values of each', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining(names))
    expect(await complete('skew', '--')).toEqual(
      expect.arrayContaining(['--fail-on', '--max-days', '--target']),
    )
    expect(await complete('diff', '--format', '')).toEqual(['text', 'json', 'markdown'])
  })

  it('leaves file names to the shell', async () => {
    expect(await complete('list', '')).toEqual([])
    expect(await complete('skew', '--target', '')).toEqual([])
  })
})
