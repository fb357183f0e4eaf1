import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Captured, capture } from '../../src/capture/capture.ts'
import { printRecording } from '../../src/capture/recording.ts'
import { translate } from '../../src/core/builds/translate.ts'
import { regenerate } from '../../src/core/regenerate/regenerate.ts'
import { assemble } from '../../src/core/snapshot/read.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { buildsIn, startBuilds } from '../mock-servers/builds.ts'
import { buildServer } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import {
  buildsFolder,
  CORPUS,
  getArguments,
  publishedBumps,
  publishedStream,
  requestFor,
} from '../support/corpus.ts'

const published = (bump: string) => publishedStream(`${bump}.json`)

/** The published file with `url` as the build server. */
const withUrl = (url: string, bump: string) =>
  published(bump).replaceAll(getArguments(bump).url, url)
/** Removes the values that `regenerate` sets. */
const withoutMetadata = (text: string) => text.replace(/"metadata": \{[^}]*\}/, '"metadata": {}')

const makeStream = ({ content, recording }: Captured, target: string) => {
  const text = printRecording(recording)
  const { snapshot } = assemble(
    content,
    { file: 's.recording.json', text },
    undefined,
    '2026-01-01T00:00:00Z',
    'stream-snapshot test',
  )
  const job = { snapshot, layouts: [], requirement: 'any', allowRegression: false } as const
  return {
    updated: regenerate({
      ...job,
      target: readStream(target, 'rhcos.json'),
    }).stream.print(),
    fresh: regenerate(job).stream,
  }
}

describe('the published bumps', () => {
  it('are complete', () => expect(publishedBumps).toHaveLength(43))

  it.each(publishedBumps)(
    'include %s, which is captured, regenerated and replayed byte for byte',
    async (bump) => {
      const server = await startBuilds(buildsIn(buildsFolder(bump)), { gzip: true })
      const request = requestFor(bump, server.streams)
      const captured = await capture(request).finally(() => server.close())
      const expected = withoutMetadata(withUrl(server.streams, bump))
      const { updated, fresh } = makeStream(captured, published(bump))
      expect(withoutMetadata(updated)).toBe(expected)

      const own = readStream(withUrl(server.streams, bump), 'rhcos.json')
      for (const architecture of Object.keys(request.builds)) {
        expect(fresh.architecture(architecture)).toEqual(own.architecture(architecture))
      }

      const replayed = await capture({ ...request, replay: captured.recording })
      expect(replayed.content).toEqual(captured.content)
      expect(replayed.recording).toEqual(captured.recording)
      expect(withoutMetadata(makeStream(replayed, published(bump)).updated)).toBe(expected)
    },
  )

  it.each(
    ['019-35.20220116.2.0', '071-414.92.202310170514-0', '101-9.6.20250513-0'].filter((bump) =>
      publishedBumps.includes(bump),
    ),
  )('include %s, which the command line captures and regenerates byte for byte', async (bump) => {
    const folder = await temporaryFolder()
    const server = await buildServer({}, buildsIn(buildsFolder(bump)))
    await writeFile(join(folder, 'target.json'), published(bump))
    const { name, distro, signatures, builds } = getArguments(bump)
    const command = (...args: string[]) => run(args, { cwd: folder })
    const captured = await command(
      'capture',
      's.json',
      ...['--cloud', 'none', '--name', name, '--url', server.streams, '--distro', distro],
      ...(signatures ? [] : ['--no-signatures']),
      ...Object.entries(builds).map(([arch, release]) => `${arch}=${release}`),
    )
    expect(captured).toMatchObject({ status: 0, stdout: '' })
    await server.close()

    const regenerateTarget = async () => {
      await writeFile(join(folder, 'target.json'), published(bump))
      const regenerated = await command('regenerate', 's.json', '--target', 'target.json')
      expect(regenerated).toMatchObject({ status: 0, stdout: '' })
      return withoutMetadata(readFileSync(join(folder, 'target.json'), 'utf8'))
    }
    expect(await regenerateTarget()).toBe(withoutMetadata(withUrl(server.streams, bump)))

    const before = readFileSync(join(folder, 's.json'), 'utf8')
    expect(await command('capture', 's.json', '--replay')).toMatchObject({ status: 0 })
    expect(readFileSync(join(folder, 's.json'), 'utf8')).toBe(before)
    expect(await command('verify', 's.json')).toMatchObject({ status: 0 })
    expect(await regenerateTarget()).toBe(withoutMetadata(withUrl(server.streams, bump)))
  })
})

describe('a complete meta.json file', () => {
  it.each(['fcos-31', 'rhcos-44devel'])('is read without notes: %s', async (file) => {
    const text = readFileSync(join(CORPUS, 'meta', `${file}.json`), 'utf8')
    const { buildid: release } = JSON.parse(text) as { buildid: string }
    const server = await buildServer({}, () => text)
    const { content, notes } = await capture({
      ...requestFor('101-9.6.20250513-0', server.streams),
      builds: [{ architecture: 'x86_64', release }],
    })
    expect(notes).toEqual([])
    const build = content.builds.x86_64
    expect(build?.release).toBe(release)
    expect(Object.keys(build?.meta ?? {})).not.toContain('pkgdiff')
    expect(JSON.stringify(build?.meta)).not.toContain('uncompressed-size')
    const { artifacts } = translate('x86_64', build as NonNullable<typeof build>, false)
    expect(Object.keys(artifacts)).toEqual(expect.arrayContaining(['aws', 'azure', 'metal']))
  })
})
