import { FILE_LAYOUT, LAYOUT_NAMES, type LayoutName } from '../core/stream/layouts.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { InputError } from '../errors.ts'
import { REQUIREMENTS, type Requirement } from '../index.ts'
import { type ArgsOf, choice, choices, flag, text } from './option.ts'

const layouts: readonly (LayoutName | 'none')[] = [...LAYOUT_NAMES, 'none']

/** How a target is generated, which `verify` takes too. */
export const TARGET_OPTIONS = {
  layout: choices('Layout of marketplace images; repeatable', layouts, {
    defaultDescription: "the target's own, else enhancement",
  }),
  'marketplace-file': text('File for the marketplace images, instead of the stream'),
  require: choice(
    'Grades that an image may have; a slot without such an image is an error',
    Object.keys(REQUIREMENTS) as Requirement[],
    { defaultDescription: 'any' },
  ),
}

/** The options that `cosa2stream` shares with `regenerate`. */
export const REGENERATE_OPTIONS = {
  target: text('Stream to update in place; without it the stream is printed'),
  ...TARGET_OPTIONS,
  'allow-regression': flag('Allow removing images and builds, and replacing them by older ones'),
  'keep-lost': flag("Keep the target's images of regions that the build does not have"),
  explain: flag("Show each slot's candidates, choice and reason"),
}

/** The options that `regenerate` alone has. */
export const OWN_OPTIONS = {
  check: flag('Write nothing, print the changes, and exit 1 if there are any'),
  'dry-run': flag('The same, and exit 0'),
  output: choice(
    'Format of the changes and selections',
    ['text', 'json'] as const,
    { alias: 'o' },
    'text',
  ),
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
