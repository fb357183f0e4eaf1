/** A commit that changed a file. */
export interface Commit {
  /** Hexadecimal, whole. */
  readonly id: string
  /** When it was committed: RFC 3339, UTC, whole seconds. */
  readonly date: string
  /** The message's first line. */
  readonly subject: string
}

/** What a commit did to a file. */
export interface FileChange extends Commit {
  /** Git's letter: A, C100, D, M, R100. */
  readonly status: string
  /** The file's name then, from the root of the repository; as git quotes it where it is odd. */
  readonly path: string
  /** The name of its content; undefined where the commit removed the file. */
  readonly blob: string | undefined
}

/**
 * What `readLog` understands: each commit's line begins with NUL, then the blobs. The user's settings
 * must not change a byte of it, hence the many words.
 */
export const LOG_ARGUMENTS = [
  '--literal-pathspecs',
  ...['-c', 'log.showRoot=true', '-c', 'core.quotePath=false'],
  ...['log', '--follow', '--topo-order', '--diff-merges=first-parent', '-M'],
  ...['--format=%x00%H%x00%ct%x00%s', '--encoding=UTF-8', '--raw', '--no-abbrev'],
  ...['--no-textconv', '--no-ext-diff', '--no-color'],
  ...['--no-relative', '--no-show-signature', '--no-notes'],
]

/** Reads what git prints for `LOG_ARGUMENTS`, as it comes: newest first. */
export async function* readLog(output: AsyncIterable<Buffer>): AsyncGenerator<FileChange> {
  let commit: Commit | undefined
  for await (const line of linesOf(output)) {
    if (line.startsWith('\0')) commit = readCommit(line)
    else if (commit && line.startsWith(':')) yield { ...commit, ...readRaw(line) }
  }
}

async function* linesOf(output: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of output) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** In seconds: the last that RFC 3339 can tell; a commit may claim to be of any. */
const LAST = Date.parse('9999-12-31T23:59:59Z') / 1000

function readCommit(line: string): Commit {
  const [, id = '', seconds = '', subject = ''] = line.split('\0')
  const date = new Date(Math.min(Number(seconds), LAST) * 1000)
  return { id, date: date.toISOString().replace('.000Z', 'Z'), subject: utf8(subject) }
}

/** `:100644 100644 BLOB BLOB R100<tab>before<tab>after` */
function readRaw(line: string): Pick<FileChange, 'status' | 'path' | 'blob'> {
  const [places = '', ...paths] = line.split('\t')
  const [, , , blob = '', status = ''] = places.split(' ')
  return { status, blob: /^0+$/.test(blob) ? undefined : blob, path: utf8(paths.at(-1) ?? '') }
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}
