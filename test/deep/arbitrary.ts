import fc from 'fast-check'
import type { AzureImage } from '../../src/core/snapshot/snapshot.ts'
import { azureImage } from '../support/snapshots.ts'

/** Versions in all formats, similar enough to collide, and invalid versions. */
export const versionText = fc.oneof(
  fc
    .record({
      ocp: fc.constantFrom('416', '417', '418', '419', '422'),
      rhel: fc.constantFrom('92', '94', '96', '98', '00', '6'),
      stamp: fc.constantFrom('20240701', '202410090804', '2024100908', '20250122', '20250523'),
      revision: fc.constantFrom('', '-0', '-1'),
    })
    .map(({ ocp, rhel, stamp, revision }) => `${ocp}.${rhel}.${stamp}${revision}`),
  fc
    .tuple(fc.constantFrom('9.4', '9.6', '9.8', '10.2'), fc.constantFrom('20251015', '2026030314'))
    .map((parts) => parts.join('.')),
  fc
    .tuple(
      fc.constantFrom('4.8', '4.17', '4.18', '4.19'),
      fc.constantFrom('2021122100', '2025031114'),
    )
    .map((parts) => parts.join('.')),
  fc.constantFrom(
    'latest',
    '1.2',
    '',
    `${'9'.repeat(33)}.1.1`,
    ' 418.94.20250122',
    '٤١٨.94.20250122',
  ),
)

const STATES = ['active', 'scheduled-for-deprecation', 'deprecated', 'unavailable'] as const

export const image: fc.Arbitrary<AzureImage> = fc
  .record({
    sku: fc.constantFrom('418-v2', '417-v2', '418-arm', 'aro_418', 'rh-ocp-worker'),
    version: versionText,
    state: fc.constantFrom(...STATES),
  })
  .map(({ sku, version, state }) => azureImage(sku, version, { state }))

export const images = fc.array(image, { maxLength: 12 })

/** Texts with characters that are special in terminals, HTML, Markdown and JSON. */
export const wildText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        '\\',
        '/',
        '\u2028',
        '\u2029',
        '\u001b[31m',
        '\u009b',
        '\u202e',
        '\ud800',
        '\udc00',
        '\u{1f600}',
        '\r\n',
        '\n',
        '\r',
        '\t',
        '\b',
        '\u0000',
        '\u007f',
        '|',
        '`',
        '[x](y)',
        '@a',
        '#',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
)
