import { LAYOUT_NAMES, type LayoutName } from '../core/stream/layouts.ts'
import { REQUIREMENTS, type Requirement } from '../index.ts'
import type { GlobalArgs } from './command.ts'
import { type ArgsOf, choice, choices, flag, text } from './option.ts'

const layouts: readonly (LayoutName | 'none')[] = [...LAYOUT_NAMES, 'none']

/** `verify` takes it as well. */
export const LAYOUT_OPTION = choices('How marketplace images are written; repeatable', layouts, {
  defaultDescription: "the target's own, else enhancement",
})

/** The options that `cosa2stream` shares with `regenerate`. */
export const REGENERATE_OPTIONS = {
  target: text('Update this stream in place; without it the stream goes to stdout'),
  layout: LAYOUT_OPTION,
  'marketplace-file': text(
    'Write the images into this file instead, in the layout stream-metadata',
  ),
  require: choice(
    'Grades that may be used; a slot that has none is an error',
    Object.keys(REQUIREMENTS) as Requirement[],
    {},
    'any',
  ),
  'allow-regression': flag('Let images and builds of the target go, or give way to older ones'),
  'keep-lost': flag("Keep the target's images of regions that the build lacks"),
  explain: flag('Show the candidates, the choice and the reason of each slot'),
}

/** Those that `regenerate` alone has. */
export const OWN_OPTIONS = {
  check: flag('Write nothing; exit 1 with a diff if the target is not what the snapshot gives'),
  json: flag('Print the selections as JSON on stdout; needs --target', { implies: 'target' }),
}

/** What regenerating takes from the command line: all but the snapshot's name. */
export type RegenerateArgs = ArgsOf<typeof REGENERATE_OPTIONS> &
  ArgsOf<typeof OWN_OPTIONS> &
  GlobalArgs
