import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileCacheFolder } from '../../../src/files/compile-cache.ts'
import { temporaryFolder } from '../../support/cli.ts'

it("caches compiled code below the user's own cache folder", async () => {
  const home = await temporaryFolder()
  await mkdir(join(home, '.cache'), { mode: 0o755 })
  expect(compileCacheFolder({ HOME: home })).toBe(join(home, '.cache/stream-snapshot'))
  const other = await temporaryFolder()
  expect(compileCacheFolder({ HOME: home, XDG_CACHE_HOME: other })).toBe(
    join(other, 'stream-snapshot'),
  )
})

it('caches nothing where others can write, or without a folder', async () => {
  const home = await temporaryFolder()
  expect(compileCacheFolder({})).toBeUndefined()
  expect(compileCacheFolder({ HOME: home })).toBeUndefined()
  const cache = join(home, '.cache')
  await mkdir(cache)
  await chmod(cache, 0o777)
  expect(compileCacheFolder({ HOME: home })).toBeUndefined()
  await chmod(cache, 0o755)
  const shared = await temporaryFolder()
  await symlink(shared, join(cache, 'stream-snapshot'))
  expect(compileCacheFolder({ HOME: home })).toBeUndefined()
})
