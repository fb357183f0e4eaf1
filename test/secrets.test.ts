import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSecret } from '../src/secrets.ts'

describe('findSecret', () => {
  it.each([
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl', 'a token'],
    ['Authorization: Bearer abcdefghijklmnop1234', 'a bearer token'],
    ['-----BEGIN RSA PRIVATE KEY-----', 'a private key'],
    ['AKIAIOSFODNN7EXAMPLE', 'an access key'],
    ['https://x.blob.core.windows.net/c?sv=1&sig=abc', 'a signature'],
    ['/subscriptions/c9a6d5e1-0b72-4e38-b4f9-6817a2d03c5b/x', 'a subscription'],
  ])('finds %s by its form', (text, found) => {
    expect(findSecret(`{"a":"${text}"}`)).toBe(found)
  })

  it('passes over what is none', () => {
    const zeros = '/subscriptions/00000000-0000-0000-0000-000000000000/providers'
    expect(
      findSecret(`${zeros} sha256-abc rhcos-413-59ead7de-2540-4653-a8b0-fa7926d5c845`),
    ).toBeUndefined()
  })

  it('finds a known one in every encoding, wherever it stands', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9~._"&-]{12,40}$/)
    const around = fc.string({ maxLength: 9 })
    const encode = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => JSON.stringify(text),
      (text: string) => encodeURIComponent(text),
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(text).toString('hex'),
    )
    fc.assert(
      fc.property(secret, around, around, encode, (known, before, after, encoded) => {
        expect(findSecret(encoded(`${before}${known}${after}`), [known])).toBeDefined()
      }),
    )
  })
})
