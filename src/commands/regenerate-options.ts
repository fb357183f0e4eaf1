import { REQUIREMENTS, type Requirement } from '../core/selection/select.ts'
import { FILE_LAYOUT, LAYOUT_NAMES, type LayoutName } from '../core/stream/layouts.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { RegenerateOptions } from '../workflows/regenerate.ts'
import { type ArgsOf, choice, choices, flag, text } from './option.ts'
import { isDryRun, type PrintArgs } from './results.ts'

const layouts: readonly (LayoutName | 'none')[] = [...LAYOUT_NAMES, 'none']

/** How a target is generated, which `verify` takes too. */
export const TARGET_OPTIONS = {
  layout: choices('Layout, repeatable', layouts, { default: "the target's" }),
  'marketplace-file': text('Write images to this file instead of the stream'),
  require: choice('Grades that images may have', Object.keys(REQUIREMENTS) as Requirement[], {
    default: 'any',
  }),
}

/** The options that `cosa2stream` shares with `regenerate`. */
export const REGENERATE_OPTIONS = {
  target: text('Stream to update (default: print it)'),
  ...TARGET_OPTIONS,
  'allow-regression': flag('Allow losses and older images, and name them'),
  'keep-lost': flag("Keep the target's images of lost regions"),
  explain: flag('Print the candidates and the choice of each slot'),
}

export function regenerateOptions(
  args: ArgsOf<Pick<typeof REGENERATE_OPTIONS, 'allow-regression' | 'keep-lost'>> & PrintArgs,
): RegenerateOptions {
  return {
    allowRegression: args['allow-regression'] === true,
    keepLost: args['keep-lost'] === true,
    dryRun: isDryRun(args),
  }
}

/** What the options say about a stream. */
export function targetFlags(
  args: ArgsOf<typeof TARGET_OPTIONS> & { readonly target?: string | undefined },
): Partial<StreamConfig> {
  const { target, 'marketplace-file': marketplaceFile, require, layout } = args
  const names = [...new Set(layout)]
  if (names.includes('none') && names.length > 1) {
    throw new InputError('--layout none cannot be combined with other layouts')
  }
  if (marketplaceFile !== undefined && names.some((name) => name !== FILE_LAYOUT)) {
    throw new InputError(`--marketplace-file has only the layout ${FILE_LAYOUT}`)
  }
  return {
    ...(target !== undefined && { target }),
    ...(marketplaceFile !== undefined && { marketplaceFile }),
    ...(require && { require }),
    ...(names.length > 0 && { layouts: names.filter((name) => name !== 'none') }),
  }
}
