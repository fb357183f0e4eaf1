import { createHash } from 'node:crypto'

/** A commit that changed a file. */
export interface Commit {
  /** Hexadecimal, whole. */
  readonly id: string
  /** When it was committed: RFC 3339, UTC, whole seconds. */
  readonly date: string
  /** The message's first line. */
  readonly subject: string
}

/** A file as a commit left it. */
export interface FileVersion extends Commit {
  /** The file's name then, from the root of the repository; as git quotes it where it is odd. */
  readonly path: string
  /** Undefined where the commit removed the file. */
  readonly content: Buffer | undefined
}

/**
 * What `readLog` understands: each commit's line begins with NUL, then the blobs and the whole file
 * as a patch. The user's settings must not change a byte of it, hence the many words.
 */
export const LOG_ARGUMENTS = [
  '--literal-pathspecs',
  ...[
    '-c',
    'diff.suppressBlankEmpty=false',
    '-c',
    'log.showRoot=true',
    '-c',
    'core.quotePath=false',
  ],
  ...['log', '--follow', '--topo-order', '--diff-merges=first-parent', '-M'],
  ...['--format=%x00%H%x00%ct%x00%s', '--encoding=UTF-8', '--raw', '--no-abbrev', '--patch'],
  ...['--unified=100000000', '--text', '--no-textconv', '--no-ext-diff', '--no-color'],
  ...['--no-relative', '--no-show-signature', '--no-notes'],
]

/**
 * Reads what git prints for `LOG_ARGUMENTS`; oldest first. With as many lines around each change as
 * there are, a patch is the whole file, so one run of git gives every version, and the blob's name
 * proves each to be right.
 *
 * A copy of a file that stayed where it was is a file of its own: the original's life before is not
 * part of its own, although git follows it. A commit that leaves name and content as they were, as a
 * merge or a change of mode does, gives no version.
 *
 * @throws Error where a version does not have the digest that git names
 */
export function readLog(output: Buffer): FileVersion[] {
  const changes = readChanges(output.toString('latin1'))
  const blobs = new Map<string, Buffer>()
  for (const { blob, lines } of changes) {
    if (lines.length > 0 && !isNothing(blob)) blobs.set(blob, contentOf(lines, blob))
  }
  const created = changes.findIndex(({ status }) => status.startsWith('C'))
  const own = created < 0 ? changes : changes.slice(0, created + 1)
  return own.reverse().flatMap(({ id, date, subject, path, blob }, at) => {
    const before = own[at - 1]
    if (before?.blob === blob && before.path === path) return []
    return [{ id, date, subject, path, content: isNothing(blob) ? undefined : blobOf(blobs, blob) }]
  })
}

interface FileChange extends Commit {
  /** Git's letter: A, C100, D, M, R100. */
  readonly status: string
  readonly path: string
  readonly blob: string
  /** Of the patch, behind its header: the whole file, each line behind its sign. */
  readonly lines: string[]
}

/** Newest first, as printed. A text of one character for each byte. */
function readChanges(output: string): FileChange[] {
  const changes: FileChange[] = []
  let commit: Commit | undefined
  let isInPatch = false
  for (const line of output.split('\n')) {
    const current = changes.at(-1)
    if (line.startsWith('\0')) {
      commit = readCommit(line)
      isInPatch = false
    } else if (commit && line.startsWith(':')) {
      changes.push({ ...commit, ...readRaw(line), lines: [] })
    } else if (line.startsWith('@@') && !isInPatch) {
      isInPatch = true
    } else if (isInPatch && line !== '') {
      current?.lines.push(line)
    }
  }
  return changes
}

function readCommit(line: string): Commit {
  const [, id = '', seconds = '', subject = ''] = line.split('\0')
  const date = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
  return { id, date, subject: utf8(subject) }
}

/** `:100644 100644 BLOB BLOB R100<tab>before<tab>after` */
function readRaw(line: string): Pick<FileChange, 'status' | 'path' | 'blob'> {
  const [places = '', ...paths] = line.split('\t')
  const [, , , blob = '', status = ''] = places.split(' ')
  return { status, blob, path: utf8(paths.at(-1) ?? '') }
}

function contentOf(lines: readonly string[], blob: string): Buffer {
  const kept: string[] = []
  let isOpen = false
  let isKept = false
  for (const line of lines) {
    // `\ No newline at end of file`, of the line above, which may be one that went.
    if (line.startsWith('\\')) isOpen ||= isKept
    isKept = line.startsWith(' ') || line.startsWith('+')
    if (isKept) kept.push(line.slice(1))
  }
  const text = kept.join('\n') + (isOpen || kept.length === 0 ? '' : '\n')
  const content = Buffer.from(text, 'latin1')
  const digest = createHash(blob.length === 40 ? 'sha1' : 'sha256')
  if (digest.update(`blob ${content.length}\0`).update(content).digest('hex') !== blob) {
    throw new Error(`blob ${blob} cannot be read from git's log`)
  }
  return content
}

function blobOf(blobs: ReadonlyMap<string, Buffer>, blob: string): Buffer {
  const content = blobs.get(blob)
  if (content === undefined && blob === EMPTY_BLOBS[blob.length]) return Buffer.alloc(0)
  if (content === undefined) throw new Error(`blob ${blob} is not in git's log`)
  return content
}

/** The name of an empty file, by the length of the repository's digests: it has no patch. */
const EMPTY_BLOBS: Readonly<Record<number, string>> = {
  40: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  64: '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
}

function isNothing(blob: string): boolean {
  return /^0+$/.test(blob)
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}
