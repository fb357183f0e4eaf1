import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conceal, findSecret } from '../../src/secrets.ts'

const repeatAlphabet = (length: number, alphabet = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7') =>
  Array.from({ length }, (_, index) => alphabet[(index * 7 + 3) % alphabet.length]).join('')
const hex = (length: number) => repeatAlphabet(length, '0a1b2c3d4e5f')

/** Fake secrets of each form, built at run time so that no secret scanner reports this file. */
const FOUND: readonly (readonly [name: string, text: string])[] = [
  ['AWS access key', `AKIA${repeatAlphabet(16, 'A2B3C4D5')}`],
  ['AWS temporary key', `ASIA${repeatAlphabet(16, 'A2B3C4D5')}`],
  ['AWS bearer key', `ABIA${repeatAlphabet(16, 'A2B3C4D5')}`],
  ['AWS context key', `ACCA${repeatAlphabet(16, 'A2B3C4D5')}`],
  ['AWS user id', `AIDA${repeatAlphabet(17, 'A2B3C4D5')}`],
  ['AWS role id', `AROA${repeatAlphabet(17, 'A2B3C4D5')}`],
  ['AWS secret key in credentials', `aws_secret_access_key = ${repeatAlphabet(40)}`],
  ['AWS secret key in JSON', `"SecretAccessKey": "${repeatAlphabet(40)}"`],
  ['AWS secret key in the environment', `AWS_SECRET_ACCESS_KEY=${repeatAlphabet(40)}`],
  ['AWS session token with its usual prefix', `IQoJb3JpZ2lu${repeatAlphabet(60)}`],
  ['AWS older session token', `FwoGZXIvYXdz${repeatAlphabet(60)}`],
  ['AWS session token with its key', `aws_session_token=${repeatAlphabet(40)}`],
  ['AWS session token in JSON', `"SessionToken":"${repeatAlphabet(40)}"`],
  ['AWS security token', `x-amz-security-token: ${repeatAlphabet(40)}`],
  ['AWS account in an ARN', 'arn:aws:iam::123456789012:role/x'],
  ['AWS account in GovCloud', 'arn:aws-us-gov:sts::123456789012:assumed-role/x'],
  ['AWS account with its key', '"accountId":"123456789012"'],
  ['AWS account in a caller identity', '"Account": "123456789012"'],
  ['AWS signature', 'AWS4-HMAC-SHA256'],
  ['AWS signed URL', 'https://b.example/k?X-Amz-Signature=0123456789'],
  ['AWS credential in a signed URL', 'https://b.example/k?X-Amz-Credential=x%2F2024'],
  ['Azure client secret', `abc8Q~${repeatAlphabet(34)}`],
  ['Azure client secret with its key', `"clientSecret":"${repeatAlphabet(24)}"`],
  ['Azure client secret in a form', `client_secret=${repeatAlphabet(24)}`],
  ['Azure refresh token', `0.AX${repeatAlphabet(3)}${repeatAlphabet(60)}`],
  ['Azure later refresh token', `1.AX${repeatAlphabet(3)}${repeatAlphabet(60)}`],
  ['Azure storage key', `AccountKey=${repeatAlphabet(60)}==`],
  ['Azure service bus key', `SharedAccessKey=${repeatAlphabet(43)}=`],
  ['Azure shared access signature', 'https://x.blob.example/c?sv=1&sig=abc'],
  ['Azure subscription', `/subscriptions/${hex(8)}-1111-4111-8111-${hex(12)}/x`],
  ['Google API key', `AIza${repeatAlphabet(35)}`],
  ['Google access token', `ya29.${repeatAlphabet(40)}`],
  ['Google refresh token', `1//0${repeatAlphabet(40)}`],
  ['Google client secret', `GOCSPX-${repeatAlphabet(28)}`],
  ['Google service account', 'a-b@c-d.iam.gserviceaccount.com'],
  ['Google service account in a URL', '/serviceAccounts/x.iam.gserviceaccount.com'],
  ['Google signed URL', 'https://b.example/k?X-Goog-Signature=0123'],
  ['GitHub personal token', `ghp_${repeatAlphabet(36)}`],
  ['GitHub OAuth token', `gho_${repeatAlphabet(36)}`],
  ['GitHub user token', `ghu_${repeatAlphabet(36)}`],
  ['GitHub server token', `ghs_${repeatAlphabet(36)}`],
  ['GitHub refresh token', `ghr_${repeatAlphabet(36)}`],
  ['GitHub fine-grained token', `github_pat_${repeatAlphabet(40)}`],
  ['npm token', `npm_${repeatAlphabet(36)}`],
  ['Docker Hub token', `dckr_pat_${repeatAlphabet(27)}`],
  ['registry login in a pull secret', `"auth": "${repeatAlphabet(40)}"`],
  ['OpenShift token', `sha256~${repeatAlphabet(43)}`],
  ['JSON web token', `eyJ${repeatAlphabet(20)}.${repeatAlphabet(40)}.${repeatAlphabet(20)}`],
  ['bearer', `Authorization: Bearer ${repeatAlphabet(30)}`],
  ['basic', `Authorization: Basic ${repeatAlphabet(20)}==`],
  ['access_token in JSON', `"access_token":"${repeatAlphabet(24)}"`],
  ['refresh_token in JSON', `"refresh_token" : "${repeatAlphabet(24)}"`],
  ['id_token in a form', `id_token=${repeatAlphabet(24)}`],
  ['password in a URL', 'https://user:hunter22@host.example'],
  ['password in JSON', '"password": "hunter2hunter2"'],
  ['password in a connection string', 'Server=a;Password=pl4nted-p4ss;'],
  ['RSA key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
  ['PKCS8 key', '-----BEGIN PRIVATE KEY-----'],
  ['encrypted key', '-----BEGIN ENCRYPTED PRIVATE KEY-----'],
  ['OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['PGP key', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
  ['e-mail address', 'somebody@company.example'],
]

/**
 * Secrets without a recognizable form. Secrets of the account are found by their value, and others are
 * dropped because only allowed keys are stored.
 */
const NOT_FOUND: readonly (readonly [name: string, text: string, reason: string])[] = [
  ['a bare AWS secret key', repeatAlphabet(40), 'it can be a git revision or part of a digest'],
  ['a bare account id', '123456789012', 'it can be the date of a release'],
  ['a bare password', 'correcthorsebatterystaple', 'it can be a word'],
  ['a hexadecimal key', hex(32), 'it can be a digest'],
  ['a page token', '"nextPageToken": "0123456789abcdef"', 'a capture replaces it with a digest'],
  ['an IP address', '203.0.113.77', 'it can be a version'],
]

const ENCODINGS: readonly (readonly [name: string, encode: (text: string) => string])[] = [
  ['plain', (text) => text],
  ['in JSON', (text) => JSON.stringify({ a: text })],
  ['in JSON within JSON', (text) => JSON.stringify({ a: JSON.stringify({ b: text }) })],
  [
    'each character escaped',
    (text) =>
      [...text].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ],
  [
    'percent-encoded',
    (text) =>
      [...text].map((each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
  ],
  ['in base64', (text) => Buffer.from(`a ${text}`).toString('base64')],
  ['in hexadecimal', (text) => Buffer.from(`a ${text}`).toString('hex')],
]

describe('findSecret', () => {
  it.each(FOUND)('finds in every encoding: %s', (_, text) => {
    const found = ENCODINGS.filter(([, encode]) => findSecret(encode(text)) !== undefined)
    expect(found.map(([name]) => name)).toEqual(ENCODINGS.map(([name]) => name))
  })

  it.each(NOT_FOUND)('does not find %s, because %3$s', (_, text) => {
    expect(findSecret(`{"a":"${text}"}`)).toBeUndefined()
  })

  it('does not find a subscription of zeros or a product ID', () => {
    const zeros = '/subscriptions/00000000-0000-0000-0000-000000000000/providers'
    expect(
      findSecret(`${zeros} sha256-abc rhcos-413-59ead7de-2540-4653-a8b0-fa7926d5c845`),
    ).toBeUndefined()
  })

  it('finds a secret of the account in every encoding and in any text', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9~._"&-]{12,40}$/)
    const around = fc.string({ maxLength: 9 })
    const encoding = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => JSON.stringify(text),
      (text: string) => encodeURIComponent(text),
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(text).toString('base64url'),
      (text: string) => Buffer.from(text).toString('hex'),
    )
    fc.assert(
      fc.property(secret, around, around, encoding, (known, before, after, encode) => {
        expect(findSecret(encode(`${before}${known}${after}`), { known: [known] })).toBeDefined()
      }),
    )
  })

  it.each(['rhcos-4.18.json', 'rhcos-4.18.recording.json'])(
    'finds no secret in snapshots/%s',
    (name) => {
      const text = readFileSync(new URL(`../../snapshots/${name}`, import.meta.url), 'utf8')
      expect(findSecret(text)).toBeUndefined()
    },
  )
})

describe('conceal', () => {
  it.each([
    ['https://a.example/c?sv=1&sig=abcdef&x=2', 'https://a.example/c?sv=1&sig=…&x=2'],
    ['AccountKey=cGxhbnRlZC1hY2NvdW50LWtleQ==;x', 'AccountKey=…;x'],
    ['"access_token":"plantedplanted"', '"access_token":"…"'],
    ['https://user:hunter22@host.example/a', 'https://…host.example/a'],
    ['password=hunter2hunter2', 'password=…'],
  ])('replaces %s with %s', (text, concealed) => {
    expect(conceal(text)).toBe(concealed)
  })
})

describe('findSecret and conceal', () => {
  const repeat = (text: string) => text.repeat(Math.ceil(200_000 / text.length))
  it.each([
    'a.',
    'A',
    'aB3/',
    'a@',
    'a-',
    'eyJ',
    'eyJ-',
    'eyJaaaaaaaa.',
    'bearer ',
    'arn:aws:',
    '://a:',
    '%41',
    '7Q~',
    '&#x41;',
    '\\u0041',
    '\\',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'a.iam.',
    '/subscriptions/',
    'password',
    'password:',
    'token = ',
    ' ',
    '00',
    'secret_access_key',
    '?sig=',
  ])('take less than 1.5 s of CPU time for 200 KB of %j', (piece) => {
    const started = process.cpuUsage()
    const text = repeat(piece)
    findSecret(`a@${text}`)
    conceal(text)
    const { user } = process.cpuUsage(started)
    expect(user).toBeLessThan(1_500_000)
  })

  it('do not overflow the stack for 10 MB of base64', () => {
    expect(findSecret('QUFB'.repeat(2_500_000))).toBeUndefined()
  })
})
