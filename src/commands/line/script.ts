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

/** Keeps V8's code of a script that has run. */
export function writeCode(file: string, script: vm.Script): void {
  const code = script.createCachedData()
  fs.writeFileSync(codeCacheOf(file), Buffer.concat([sealOf(fs.readFileSync(file), code), code]))
}

/**
 * Loads the script of a quick command, with V8's code of it where that is there and whole: compiling
 * takes a third of such a command's time.
 *
 * @param file its full name; in it, in ASCII, a function that takes `module` and imports nothing
 */
export function loadQuick(file: string): QuickScript {
  const bytes = fs.readFileSync(file)
  const cachedData = readCode(file, bytes)
  const script = new vm.Script(bytes.toString('latin1'), {
    filename: file,
    ...(cachedData && { cachedData }),
  })
  const module = { exports: {} as QuickScript['exports'] }
  script.runInThisContext()(module)
  return { script, exports: module.exports }
}

/** Undefined where there is none that can be read, and where it is not whole or of another script. */
function readCode(file: string, script: Buffer): Buffer | undefined {
  try {
    const kept = fs.readFileSync(codeCacheOf(file))
    const code = kept.subarray(SEAL)
    return kept.subarray(0, SEAL).equals(sealOf(script, code)) ? code : undefined
  } catch {
    return undefined
  }
}

/** In bytes. */
const SEAL = 32

/** V8 looks at neither: it takes the code of a script that was as long, and dies of damaged code. */
function sealOf(script: Buffer, code: Buffer): Buffer {
  // Loaded here, as the version and the help are printed without it.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(script).update(code).digest()
}
