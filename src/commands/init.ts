import { basename, dirname, join, relative } from 'node:path'
import { printNewWorkspace } from '../core/workspace/change.ts'
import { type Described, describeStream } from '../core/workspace/describe.ts'
import {
  cloudsFor,
  WORKSPACE_FILE,
  type Workspace,
  type WorkspaceStream,
} from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { currentBranch } from '../files/git/branch.ts'
import {
  BUILT_IN,
  compareAsNumbers,
  DEFAULT_CLOUD,
  getReleases,
  isStream,
  MarketplaceFile,
  printMajorMinor,
  readStream,
  type Stream,
} from '../index.ts'
import { command } from './command.ts'
import { texts } from './option.ts'

/** Where repositories keep their streams, from their root. */
const FOLDERS = ['.', 'data/data/coreos', 'data/data', 'data', 'streams', 'coreos', 'demo']

/** Where a stream's marketplace file is, from its own folder. */
const MARKETPLACE_FOLDERS = ['marketplace', '.']

/** So that a checkout does not make CRLF of what digests are of. */
const ATTRIBUTES = 'snapshots/*.json text eol=lf'

export const initCommand = command({
  name: 'init',
  describe: "Write a workspace for the repository's streams: stream-snapshot.json",
  positionals: {
    FILES: texts(`Stream files; default: those in ${FOLDERS.slice(1).join(', ')} and the root`),
  },
  options: {},
  examples: [
    ['init', 'in a repository with streams'],
    ['init rhcos.json', 'with this one alone'],
  ],

  async run({ FILES }, { folder, terminal }) {
    const root = folder.repositoryRoot() ?? ''
    const file = join(root, WORKSPACE_FILE)
    if (folder.exists(file)) {
      throw new InputError(
        `${file}: is there already, and is not written over`,
        'stream-snapshot update and check use it; edit it by hand.',
      )
    }
    const found = FILES.length > 0 ? await readNamed(folder, FILES) : await search(folder, root)
    if (found.length === 0) {
      throw new InputError(
        `no stream file in ${FOLDERS.map((each) => join(root, each)).join(', ')}`,
        'Name them: stream-snapshot init STREAM_FILE …',
      )
    }
    const entries = await Promise.all(named(found).map((each) => entryFor(folder, each, root)))
    const workspace: Workspace = {
      clouds: [DEFAULT_CLOUD],
      streams: new Map(entries.map(({ name, stream }) => [name, stream])),
    }
    const attributes = join(root, '.gitattributes')
    const before = (await folder.readIfExists(attributes)) ?? ''
    const lines = before === '' || before.endsWith('\n') ? before : `${before}\n`
    const isThere = before.split(/\r?\n/).includes(ATTRIBUTES)
    await folder.write([
      ...(isThere ? [] : [{ file: attributes, text: `${lines}${ATTRIBUTES}\n` }]),
      { file, text: printNewWorkspace(workspace) },
    ])
    for (const entry of entries) terminal.say(wordsOn(entry, workspace, root))
    terminal.say(`${isThere ? file : `${file} and ${attributes}`}: written`)
    terminal.say(
      'stream-snapshot update    asks the clouds, with credentials, and writes the files',
    )
    terminal.say('stream-snapshot check     holds them against each other, without, as in CI')
  },
})

interface Found {
  readonly file: string
  readonly stream: Stream
}

async function readNamed(folder: Folder, files: readonly string[]): Promise<Found[]> {
  const unique = [...new Set(files.map((file) => folder.relative(folder.resolve(file))))]
  return Promise.all(
    unique.map(async (file) => ({ file, stream: readStream(await folder.read(file), file) })),
  )
}

/** The stream files in the usual folders, known by what is in them. */
async function search(folder: Folder, root: string): Promise<Found[]> {
  const files = FOLDERS.flatMap((each) => jsonFilesIn(folder, join(root, each)))
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await folder.readIfExists(file).catch(() => undefined)
      if (text === undefined || !isStream(text)) return []
      return [{ file, stream: readStream(text, file) }]
    }),
  )
  return found.flat()
}

function jsonFilesIn(folder: Folder, place: string): string[] {
  return folder.list(place, '.json').map((name) => join(place, name))
}

/** `data/data/coreos/coreos-rhel-9.json` is `rhel-9`, as `marketplace/coreos-rhel-9.json` is. */
function shortName(file: string): string {
  return basename(file, '.json')
    .replace(/^marketplace-/, '')
    .replace(/^coreos-(?=.)/, '')
}

/** Names, the folder's before those that would be the same. */
function named(found: readonly Found[]): (Found & { readonly name: string })[] {
  const shorts = found.map(({ file }) => shortName(file))
  return found
    .map((each, at) => {
      const isTwin = shorts.filter((short) => short === shorts[at]).length > 1
      const folder = dirname(each.file)
        .replaceAll(/[\\/.]+/g, '-')
        .replace(/^-/, '')
      const name = (isTwin ? `${folder}-${shorts[at]}` : shorts[at]) ?? ''
      return { ...each, name: name.replaceAll(/[^\w.+-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') }
    })
    .sort((a, b) => compareAsNumbers(a.name, b.name))
}

interface Entry extends Described {
  readonly name: string
  readonly stream: WorkspaceStream
  readonly content: Stream
}

/** What the workspace says of a stream; its paths count from the root. */
async function entryFor(
  folder: Folder,
  { name, file, stream: content }: Found & { readonly name: string },
  root: string,
): Promise<Entry> {
  const from = (path: string) => relative(root, path).replaceAll('\\', '/')
  const marketplace = await marketplaceFor(folder, file)
  const described = describeStream(
    { stream: content, ...(marketplace && { marketplaceFile: marketplace.content }) },
    { branch: currentBranch(folder) },
    BUILT_IN,
  )
  return {
    ...described,
    name,
    content,
    stream: {
      snapshot: `snapshots/${name}.json`,
      target: from(file),
      ...(marketplace && { marketplaceFile: from(marketplace.file) }),
      ...described.settings,
    },
  }
}

/** The file beside a stream that has its name and holds marketplace images. */
async function marketplaceFor(
  folder: Folder,
  file: string,
): Promise<{ file: string; content: MarketplaceFile } | undefined> {
  const folders = MARKETPLACE_FOLDERS.map((each) => join(dirname(file), each))
  const candidates = folders
    .flatMap((each) => jsonFilesIn(folder, each))
    .filter((each) => each !== file && shortName(each) === shortName(file))
  for (const each of candidates) {
    const text = await folder.read(each).catch(() => undefined)
    if (text === undefined || isStream(text)) continue
    try {
      return { file: each, content: MarketplaceFile.read(text, each) }
    } catch (error) {
      // Whatever else has such a name.
      if (!(error instanceof InputError)) throw error
    }
  }
  return undefined
}

/** A line on what was found of a stream. */
function wordsOn(
  { name, stream, content, ocp: decision }: Entry,
  workspace: Workspace,
  root: string,
): string {
  const files = [stream.target, stream.marketplaceFile].flatMap((each) => each ?? [])
  const releases = [...new Set(getReleases(content).values())].join(' and ') || 'no release'
  const ocp =
    cloudsFor(workspace, stream).length === 0 || decision === undefined
      ? 'no marketplace images'
      : decision.ocp === undefined
        ? decision.cause
        : `OCP ${printMajorMinor(decision.ocp)}${decision.source === 'release' ? '' : ` by ${decision.evidence}`}${decision.isGuess ? ' (a guess)' : ''}`
  return `${name}: ${files.map((each) => join(root, each)).join(' with ')}, ${releases}, ${ocp}`
}
