import fs from 'node:fs'
import vm from 'node:vm'

/** The script of a quick command, and what it exports. */
export interface QuickScript {
  readonly script: vm.Script
  readonly exports: { run(words: readonly string[]): Promise<boolean> }
}

/**
 * Where V8's code of a script is kept, made when the package is built. It is of use to that very
 * executable: V8 takes code of its own version, which other releases of node share, and then dies of
 * it, as they number what the code calls differently.
 */
export function codeCacheOf(file: string): string {
  const { version, platform, arch, execPath } = process
  const size = fs.statSync(execPath, { throwIfNoEntry: false })?.size
  return `${file}.${version}-${platform}-${arch}-${size}.cache`
}

/**
 * Loads the script of a quick command, with V8's code of it where that is there: compiling takes a
 * third of such a command's time.
 *
 * @param file its full name; in it, in ASCII, a function that takes `module` and imports nothing
 */
export function loadQuick(file: string): QuickScript {
  const cache = codeCacheOf(file)
  const script = new vm.Script(fs.readFileSync(file, 'latin1'), {
    filename: file,
    ...(fs.existsSync(cache) && { cachedData: fs.readFileSync(cache) }),
  })
  const module = { exports: {} as QuickScript['exports'] }
  script.runInThisContext()(module)
  return { script, exports: module.exports }
}
