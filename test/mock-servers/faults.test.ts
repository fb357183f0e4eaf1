import { expect, test } from 'vitest'
import { type Fault, faultChooser, parseFaultRule } from './faults.ts'

test.each<[string, { path: RegExp; fault: Fault; times?: number }]>([
  ['418-v2=429:2', { path: /418-v2/i, fault: { kind: 'status', status: 429 }, times: 2 }],
  ['aro4=503/9', { path: /aro4/i, fault: { kind: 'status', status: 503, retryAfter: 9 } }],
  ['expand=p=late/250', { path: /expand=p/i, fault: { kind: 'late', milliseconds: 250 } }],
  ['.=cut-off:1', { path: /./i, fault: { kind: 'cut-off' }, times: 1 }],
  [
    '.=redirect/https://example.com/login',
    { path: /./i, fault: { kind: 'redirect', location: 'https://example.com/login' } },
  ],
])('%s is a fault', (text, rule) => {
  expect(parseFaultRule(text)).toEqual(rule)
})

test.each(['aro4', 'aro4=', 'aro4=200', 'aro4=sometimes', '=429', '(=429'])(
  '%s is no fault',
  (text) => {
    expect(() => parseFaultRule(text)).toThrow(/^'.*' is no/)
  },
)

test('the first rule decides that is not used up, and delays add to it', () => {
  const choose = faultChooser([
    { path: /a/g, fault: { kind: 'late', milliseconds: 5 } },
    { path: /a/g, fault: { kind: 'reset' }, times: 1 },
    { path: /a/g, fault: { kind: 'html' } },
  ])
  expect(choose('/a')).toEqual({ delay: 5, fault: { kind: 'reset' } })
  expect(choose('/a')).toEqual({ delay: 5, fault: { kind: 'html' } })
  expect(choose('/b')).toEqual({ delay: 0 })
})
