import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { computeIntegrity } from '../../src/core/snapshot/canonical.ts'
import { git } from '../support/git.ts'

const DAY = 24 * 60 * 60 * 1000

/** The date of a version. Each version is one day newer than the previous one. */
export const dayAt = (at: number) =>
  new Date(Date.UTC(2018, 0, 1) + at * DAY).toISOString().replace('.000', '')

/** Creates a repository with one commit per version of a file. One process imports all commits. */
export async function commitVersions(
  folder: string,
  name: string,
  texts: Iterable<string>,
): Promise<void> {
  await git(folder, 'init', '--quiet', '--initial-branch', 'main')
  const args = ['-c', 'core.compression=1', 'fast-import', '--quiet', '--depth=1']
  const child = spawn('git', args, {
    cwd: folder,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const ended = once(child, 'close')
  const { stdin } = child
  let at = 0
  for (const text of texts) {
    const subject = `version ${at}`
    const commit = [
      'commit refs/heads/main',
      `committer nobody <nobody@example.com> ${Date.parse(dayAt(at)) / 1000} +0000`,
      `data ${subject.length}\n${subject}`,
      `M 100644 inline ${name}`,
      `data ${Buffer.byteLength(text)}\n${text}\n`,
    ]
    if (!stdin.write(commit.join('\n'))) await once(stdin, 'drain')
    at += 1
  }
  stdin.end()
  const [status] = await ended
  if (status !== 0) throw new Error(`git fast-import ended with ${status}`)
}

/** Updates the integrity of a printed snapshot. */
export function sealText(text: string): string {
  const rest = text.replace(/\n {2}"integrity":"[^"]*",/, '')
  const integrity = computeIntegrity(rest.replace(/\n */g, ''))
  return text.replace(/"integrity":"[^"]*"/, `"integrity":"${integrity}"`)
}

/** Versions of a snapshot. Three images change every day, and the build changes every ten days. */
export function* createVersions(first: string, count: number): Generator<string> {
  const lines = first.split('\n')
  const images = lines.flatMap((line, at) => (/"sku":.*"version":"4/.test(line) ? [at] : []))
  for (let at = 0; at < count; at += 1) {
    const day = dayAt(at).slice(0, 10).replaceAll('-', '')
    for (const offset of [0, 1, 2]) {
      const place = images[(3 * at + offset) % images.length] ?? 0
      lines[place] = (lines[place] ?? '').replace(
        /"version":"(4\.\d+|4\d+\.\d+)\.[^"]*"/,
        `"version":"$1.${day}"`,
      )
    }
    const text = lines.join('\n').replace(/"capturedAt":"[^"]*"/, `"capturedAt":"${dayAt(at)}"`)
    const build = dayAt(at - (at % 10))
      .slice(0, 10)
      .replaceAll('-', '')
    // The KubeVirt image of a build is tagged with the release.
    yield sealText(
      text.replace(/("release":|"tags":\[)"418\.94\.\d+-0"/g, `$1"418.94.${build}0101-0"`),
    )
  }
}
