import { readDeclarations, readPackageFiles } from './declarations.ts'
import {
  faultsIn,
  listOf,
  NUMBER,
  recordOf,
  requiring,
  type Shape,
  TEXT,
  withMembers,
  wordOf,
} from './shape.ts'

const { shapeOf } = readDeclarations(readPackageFiles('@googleapis/compute/build/v1.d.ts'))

/** The declarations have these as any text; the words are those of the discovery document. */
const image = withMembers(shapeOf('Schema$Image'), {
  kind: wordOf('compute#image'),
  'architecture?': wordOf('ARCHITECTURE_UNSPECIFIED', 'ARM64', 'X86_64'),
  'deprecated?': withMembers(shapeOf('Schema$DeprecationStatus'), {
    'state?': wordOf('ACTIVE', 'DELETED', 'DEPRECATED', 'OBSOLETE'),
  }),
  'sourceType?': wordOf('RAW'),
  status: wordOf('DELETING', 'FAILED', 'PENDING', 'READY'),
  'id?': { is: 'digits' },
  'diskSizeGb?': { is: 'digits' },
})

const ANSWERS = {
  image: requiring(image, 'id', 'name', 'creationTimestamp', 'selfLink', 'diskSizeGb'),
  images: requiring(
    withMembers(shapeOf('Schema$ImageList'), {
      kind: wordOf('compute#imageList'),
      'items?': listOf(image),
    }),
    'id',
    'selfLink',
  ),
  // No part of the model: all of Google's interfaces have them so.
  error: recordOf('Answer', {
    error: recordOf('Error', {
      code: NUMBER,
      message: TEXT,
      errors: listOf(
        recordOf('ErrorItem', {
          message: TEXT,
          domain: TEXT,
          reason: TEXT,
          'location?': TEXT,
          'locationType?': TEXT,
          'extendedHelp?': TEXT,
        }),
      ),
      'status?': TEXT,
      'details?': listOf({ is: 'anything' }),
    }),
  }),
} satisfies Record<string, Shape>

export type ComputeAnswer = keyof typeof ANSWERS

/** What Compute's model forbids in an answer. */
export function faultsInCompute(answer: ComputeAnswer, text: string): string[] {
  return faultsIn(JSON.parse(text), ANSWERS[answer])
}
