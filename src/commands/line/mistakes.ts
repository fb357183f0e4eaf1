import { InputError } from '../../errors.ts'
import { helpRemedy } from '../command.ts'

/**
 * Says what is wrong with a command line, in one line, and which help to read.
 *
 * @param message yargs' own, which may have several lines
 * @param words the command line, without node and the program
 * @param patterns the commands as yargs knows them, `diff <A> <B>`
 */
export function mistakeIn(
  message: string,
  words: readonly string[],
  patterns: readonly string[],
): InputError {
  const text = message
    .split(/\s*\n\s*/)
    .join(' ')
    .trim()
  const command = words[0] ?? ''
  const found = MESSAGES.map(([pattern, say]) => [pattern.exec(text), say] as const).find(
    ([match]) => match !== null,
  )
  const said = found?.[0] ? found[1](found[0], words, patterns) : text
  const known = /^[a-z]/.test(command) && !said.startsWith('unknown command')
  return new InputError(
    said,
    known
      ? helpRemedy(command)
      : 'stream-snapshot --help shows the commands, and COMMAND --help their options.',
  )
}

type Say = (match: RegExpExecArray, words: readonly string[], patterns: readonly string[]) => string

/** yargs' messages, and what they mean to the person at the terminal. */
const MESSAGES: readonly (readonly [pattern: RegExp, say: Say])[] = [
  [
    /^a command is needed$/,
    ([message], [first]) =>
      first?.startsWith('-') && first !== '--quiet' && first !== '--debug'
        ? `unknown option: ${first}`
        : message,
  ],
  [
    /^Not enough non-option arguments: got ([0-9]+)/,
    ([, given], [command], patterns) => {
      const pattern = patterns.find((each) => each.split(' ')[0] === command) ?? ''
      const names = [...pattern.matchAll(/<(\w+)/g)].map(([, name]) => name)
      return `${names[Number(given)] ?? 'an argument'} is missing`
    },
  ],
  [
    /^Did you mean (.*)\?$/,
    ([, meant], [command, argument]) =>
      command === 'completion'
        ? `unexpected argument: ${argument}; the script is for the shell that SHELL names`
        : `unknown command: ${command}; did you mean ${meant}?`,
  ],
  [/^Implications failed: (\S+) -> (\S+)/, ([, option, other]) => `--${option}: needs --${other}`],
  [
    /^Invalid values: Argument: (\S+), Given: (.*), Choices: (.*)$/,
    ([, option, given, choices]) =>
      `--${option}: expected one of ${choices?.replaceAll('"', '')}, found ${given}`,
  ],
  [/^Not enough arguments following: (\S+)/, ([, option]) => `--${option}: expected a value`],
  [/^Unknown commands?: (.*)$/, ([, names]) => `unknown command: ${names}`],
  [/^Unknown arguments?: (.*)$/, ([, names], words) => unknown(names ?? '', words)],
]

/** Options with their hyphens, as they were typed; yargs names each spelling of them. */
function unknown(names: string, words: readonly string[]): string {
  const typed = names.split(', ').flatMap((name) => {
    const option = words.find((word) => /^--?/.test(word) && nameOf(word) === name)
    return option ? [option.split('=')[0] ?? option] : words.includes(name) ? [name] : []
  })
  const [first = names] = typed.length > 0 ? typed : [names]
  if (first.startsWith('-')) return `unknown option: ${first}`
  if (words[0] === first) return `unknown command: ${first}`
  const hint = words[0] === 'regenerate' ? '; name the stream with --target' : ''
  return `unexpected argument: ${first}${hint}`
}

function nameOf(word: string): string {
  return (word.split('=')[0] ?? '').replace(/^-+/, '')
}

/** Refuses what follows `--`, which yargs gives to no command. */
export function refuseAfterHyphens(words: readonly string[]): void {
  const at = words.indexOf('--')
  const next = words[at + 1]
  if (at < 0 || next === undefined || words[0] === '--get-yargs-completions') return
  throw new InputError(`nothing is taken after --, found ${JSON.stringify(next)}`)
}

/** Refuses `--check=yes`, which yargs takes for a no. */
export function refuseFlagValues(flags: readonly string[], words: readonly string[]): void {
  for (const word of words) {
    const [, name = '', value] = /^--([a-z0-9-]+)=(.*)$/s.exec(word) ?? []
    if (flags.includes(name) && value !== 'true' && value !== 'false') {
      throw new InputError(`--${name}: takes no value, found ${JSON.stringify(value)}`)
    }
  }
}
