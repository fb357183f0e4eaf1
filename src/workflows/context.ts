import { resolve } from 'node:path'
import { openFolder } from '../files/folder.ts'
import type { CloudOptions } from './clouds.ts'
import type { UpdateContext } from './update.ts'

export interface ContextOptions extends Pick<UpdateContext, 'onProgress' | 'onStream' | 'onWait'> {
  readonly env?: NodeJS.ProcessEnv
  /** Settings of the clouds by the names of the command line's options: `subscription`, `regions`. */
  readonly clouds?: CloudOptions
  readonly now?: () => Date
}

/**
 * What workflows have around them, for programs.
 *
 * @param folder that paths are relative to
 */
export function openContext(
  folder: string,
  { env = process.env, clouds = {}, now = () => new Date(), ...callbacks }: ContextOptions = {},
): UpdateContext {
  return {
    ...callbacks,
    folder: openFolder(resolve(folder), { env, stdin: () => process.stdin }),
    env,
    cloudOptions: clouds,
    now,
  }
}
