export const SNAPSHOT = 'rhcos-4.18.json'

/**
 * Command lines that need no network, by title. They use the committed snapshot, a stream `t.json`
 * that is regenerated from the snapshot, and a workspace with both files.
 */
export const OFFLINE: Readonly<Record<string, readonly string[]>> = {
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

/** The commands that query clouds or the build server. */
export const ASKING: readonly string[] = ['capture', 'init', 'update', 'cosa2stream']
