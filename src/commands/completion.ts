import { InputError } from '../errors.ts'
import { command } from './command.ts'
import { choice } from './option.ts'

const NAME = 'stream-snapshot'

/** Each script calls the program for completions, and otherwise completes file names. */
const SCRIPTS = {
  bash: `_stream_snapshot() {
  local found
  found=$(SHELL=bash ${NAME} --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o bashdefault -o default -F _stream_snapshot ${NAME}
`,
  zsh: `#compdef ${NAME}
_stream_snapshot() {
  local -a found
  found=("\${(@f)$(SHELL=zsh ${NAME} --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then _describe ${NAME} found; else _files; fi
}
compdef _stream_snapshot ${NAME}
`,
  fish: `complete -c ${NAME} -a '(SHELL=fish ${NAME} --get-yargs-completions (commandline -opc) (commandline -ct) 2>/dev/null)'
`,
} as const
type Shell = keyof typeof SCRIPTS
const SHELLS = Object.keys(SCRIPTS) as Shell[]

export const completionCommand = command({
  name: 'completion',
  group: 'Other',
  describe: 'Print a completion script for a shell',
  positionals: { SHELL: choice('Shell', SHELLS, { default: '$SHELL' }) },
  options: {},
  examples: [
    ['completion bash >> ~/.bashrc', 'for bash'],
    ['completion zsh > ~/.zfunc/_stream-snapshot', 'for zsh, in a folder of fpath'],
    ['completion fish > ~/.config/fish/completions/stream-snapshot.fish', 'for fish'],
  ],

  async run(args, { env, terminal }) {
    const shell = args.SHELL ?? SHELLS.find((each) => env.SHELL?.endsWith(`/${each}`))
    if (shell !== undefined) return terminal.data(SCRIPTS[shell])
    throw new InputError(
      'completion: unknown shell in the variable SHELL',
      `Specify the shell: ${SHELLS.join(', ')}.`,
    )
  },
})
