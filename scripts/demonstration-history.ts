import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fs from 'fs-extra'
import { demonstrationImages as awsImages } from '../test/mock-servers/aws-images.ts'
import type { AzureImage } from '../test/mock-servers/azure-image.ts'
import { imagesAfterBump, knownImages } from '../test/mock-servers/azure-images.ts'
import { type BuildSource, startBuilds } from '../test/mock-servers/builds.ts'
import { startClouds } from '../test/mock-servers/clouds.ts'

const execute = promisify(execFile)
const CLI = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url))

/** When somebody captured, and which build. */
const CAPTURES = [
  ['2024-09-18', '418.94.202409162337-0'],
  ['2024-09-30', '418.94.202409162337-0'],
  ['2024-10-10', '418.94.202410090804-0'],
  ['2024-10-22', '418.94.202410090804-0'],
  ['2025-01-24', '418.94.202501221327-0'],
  ['2025-02-05', '418.94.202501221327-0'],
  ['2025-03-28', '418.94.202501221327-0'],
] as const

/** How many days after the day that its version tells an image is out, in this demonstration. */
const PUBLISHED_AFTER = 12
const LATE = { sku: '418-arm', version: '418.94.20250122' }

export const SNAPSHOT = 'snapshots/rhcos-4.18.json'

/**
 * Makes a git repository in a folder: the snapshot of a stream, captured over some months from the
 * mock servers, which each time have the images of their tables that were out by then. The dates of
 * the commits are made up, and so is when an image was out.
 */
export async function writeHistory(folder: string): Promise<void> {
  const scratch = await fs.mkdtemp(join(tmpdir(), 'history-'))
  const builds = await startBuilds(anyBuild)
  try {
    await git(folder, '2024-09-01', 'init', '--quiet')
    for (const [date, release] of CAPTURES) {
      const clouds = await startClouds(scratch, {
        azure: { images: everyImage().filter((image) => isOut(image, date)) },
        aws: { images: awsImages().filter(({ creationDate }) => creationDate <= date) },
      })
      try {
        const args = ['capture', SNAPSHOT, `aarch64=${release}`, `x86_64=${release}`, '--quiet']
        const identity = ['--name', '4.18-9.4', '--url', builds.streams, ...clouds.args]
        const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...clouds.environment }
        await execute(process.execPath, [CLI, ...args, ...identity], { cwd: folder, env })
      } finally {
        await clouds.close()
      }
      await git(folder, date, 'add', '--all')
      await git(folder, date, 'commit', '--quiet', '--message', `Capture the images of ${release}`)
    }
  } finally {
    await builds.close()
    await fs.remove(scratch)
  }
}

function everyImage(): AzureImage[] {
  return [...imagesAfterBump(), ...knownImages().filter(({ offer }) => offer === 'aro4')]
}

function isOut({ sku, version }: AzureImage, date: string): boolean {
  if (sku === LATE.sku && version === LATE.version) return false
  const [, year, month, day] = /\.(20..)(..)(..)[0-9]*$/.exec(version) ?? []
  const out = Date.parse(`${year}-${month}-${day}`) + PUBLISHED_AFTER * 24 * 60 * 60 * 1000
  return out <= Date.parse(date)
}

/** A build without artifacts: a history needs no more of it than its release. */
const anyBuild: BuildSource = ({ release, architecture }) =>
  JSON.stringify({ buildid: release, 'coreos-assembler.basearch': architecture, images: {} })

async function git(folder: string, date: string, ...args: string[]): Promise<void> {
  const time = `${date}T12:00:00Z`
  const who = { NAME: 'nobody', EMAIL: 'nobody@example.com', DATE: time }
  const env = Object.fromEntries(
    Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  )
  await execute('git', args, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', ...env },
  })
}
