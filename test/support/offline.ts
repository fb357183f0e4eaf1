export const SNAPSHOT = 'rhcos-4.18.json'

/** Ways to call a command, over the committed snapshot, a stream `t.json` of it, and a workspace of both. */
type Calls = Readonly<Record<string, readonly string[]>>

/** Every command that promises to need nobody, by what it is called. */
export const OFFLINE: Calls = {
  'regenerate, to stdout': ['regenerate', SNAPSHOT],
  regenerate: ['regenerate', SNAPSHOT, '--target', 't.json'],
  'regenerate --check': ['regenerate', SNAPSHOT, '--target', 't.json', '--check'],
  check: ['check'],
  verify: ['verify', SNAPSHOT],
  'verify --target': ['verify', SNAPSHOT, '--target', 't.json'],
  diff: ['diff', SNAPSHOT, SNAPSHOT],
  skew: ['skew', SNAPSHOT, '--target', 't.json'],
  list: ['list', SNAPSHOT],
  history: ['history', SNAPSHOT],
  report: ['report', SNAPSHOT, '--file', 'report.html'],
  image: ['image', 't.json', '--cloud', 'azure', '--arch', 'x86_64'],
  configmap: ['configmap', 't.json'],
  completion: ['completion', 'bash'],
  'capture --replay': ['capture', SNAPSHOT, '--replay'],
}

/** The commands that ask clouds or the build server. */
export const ASKING: readonly string[] = ['capture', 'init', 'update', 'cosa2stream']
