import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conceal, findSecret } from '../../src/secrets.ts'

const of = (length: number, alphabet = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7') =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + 3) % alphabet.length]).join('')
const hex = (length: number) => of(length, '0a1b2c3d4e5f')

/** Invented secrets of each form; put together at run time, so that no scanner reports this file. */
const FOUND: readonly (readonly [name: string, text: string])[] = [
  ['AWS access key', `AKIA${of(16, 'A2B3C4D5')}`],
  ['AWS temporary key', `ASIA${of(16, 'A2B3C4D5')}`],
  ['AWS bearer key', `ABIA${of(16, 'A2B3C4D5')}`],
  ['AWS context key', `ACCA${of(16, 'A2B3C4D5')}`],
  ['AWS user id', `AIDA${of(17, 'A2B3C4D5')}`],
  ['AWS role id', `AROA${of(17, 'A2B3C4D5')}`],
  ['AWS secret key in credentials', `aws_secret_access_key = ${of(40)}`],
  ['AWS secret key in JSON', `"SecretAccessKey": "${of(40)}"`],
  ['AWS secret key in the environment', `AWS_SECRET_ACCESS_KEY=${of(40)}`],
  ['AWS session token by its beginning', `IQoJb3JpZ2lu${of(60)}`],
  ['AWS older session token', `FwoGZXIvYXdz${of(60)}`],
  ['AWS session token by its name', `aws_session_token=${of(40)}`],
  ['AWS session token in JSON', `"SessionToken":"${of(40)}"`],
  ['AWS security token', `x-amz-security-token: ${of(40)}`],
  ['AWS account in an ARN', 'arn:aws:iam::123456789012:role/x'],
  ['AWS account of GovCloud', 'arn:aws-us-gov:sts::123456789012:assumed-role/x'],
  ['AWS account by its name', '"accountId":"123456789012"'],
  ['AWS account of a caller', '"Account": "123456789012"'],
  ['AWS signature', 'AWS4-HMAC-SHA256'],
  ['AWS signed URL', 'https://b.example/k?X-Amz-Signature=0123456789'],
  ['AWS credential of a signed URL', 'https://b.example/k?X-Amz-Credential=x%2F2024'],
  ['Azure client secret', `abc8Q~${of(34)}`],
  ['Azure client secret by its name', `"clientSecret":"${of(24)}"`],
  ['Azure client secret in a form', `client_secret=${of(24)}`],
  ['Azure refresh token', `0.AX${of(3)}${of(60)}`],
  ['Azure later refresh token', `1.AX${of(3)}${of(60)}`],
  ['Azure storage key', `AccountKey=${of(60)}==`],
  ['Azure service bus key', `SharedAccessKey=${of(43)}=`],
  ['Azure shared access signature', 'https://x.blob.example/c?sv=1&sig=abc'],
  ['Azure subscription', `/subscriptions/${hex(8)}-1111-4111-8111-${hex(12)}/x`],
  ['Google API key', `AIza${of(35)}`],
  ['Google access token', `ya29.${of(40)}`],
  ['Google refresh token', `1//0${of(40)}`],
  ['Google client secret', `GOCSPX-${of(28)}`],
  ['Google service account', 'a-b@c-d.iam.gserviceaccount.com'],
  ['Google service account in a URL', '/serviceAccounts/x.iam.gserviceaccount.com'],
  ['Google signed URL', 'https://b.example/k?X-Goog-Signature=0123'],
  ['GitHub personal token', `ghp_${of(36)}`],
  ['GitHub OAuth token', `gho_${of(36)}`],
  ['GitHub user token', `ghu_${of(36)}`],
  ['GitHub server token', `ghs_${of(36)}`],
  ['GitHub refresh token', `ghr_${of(36)}`],
  ['GitHub fine-grained token', `github_pat_${of(40)}`],
  ['npm token', `npm_${of(36)}`],
  ['Docker Hub token', `dckr_pat_${of(27)}`],
  ['registry login of a pull secret', `"auth": "${of(40)}"`],
  ['OpenShift token', `sha256~${of(43)}`],
  ['JSON web token', `eyJ${of(20)}.${of(40)}.${of(20)}`],
  ['bearer', `Authorization: Bearer ${of(30)}`],
  ['basic', `Authorization: Basic ${of(20)}==`],
  ['access_token in JSON', `"access_token":"${of(24)}"`],
  ['refresh_token in JSON', `"refresh_token" : "${of(24)}"`],
  ['id_token in a form', `id_token=${of(24)}`],
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

/** Secrets without a form; those of the capturing account are known, and the allow-list drops the others. */
const PASSED_OVER: readonly (readonly [name: string, text: string, why: string])[] = [
  ['a bare AWS secret key', of(40), 'any 40 letters: a Git revision, part of a digest'],
  ['a bare account id', '123456789012', 'any twelve digits: the date of a release has as many'],
  ['a bare password', 'correcthorsebatterystaple', 'a word'],
  ['a hexadecimal key', hex(32), 'a digest'],
  [
    'a page token',
    '"nextPageToken": "0123456789abcdef"',
    'a digest of itself, made by the capture',
  ],
  ['an address of a machine', '203.0.113.77', 'a version'],
]

/** Encodings of a text in a file. */
const WRAPPED: readonly (readonly [name: string, wrap: (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['in JSON', (text) => JSON.stringify({ a: text })],
  ['in JSON within JSON', (text) => JSON.stringify({ a: JSON.stringify({ b: text }) })],
  [
    'each letter escaped',
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

describe('a secret by its form', () => {
  it.each(FOUND)('%s is found in every encoding', (_, text) => {
    const found = WRAPPED.filter(([, wrap]) => findSecret(wrap(text)) !== undefined)
    expect(found.map(([name]) => name)).toEqual(WRAPPED.map(([name]) => name))
  })

  it.each(PASSED_OVER)('%s is not: %3$s', (_, text) => {
    expect(findSecret(`{"a":"${text}"}`)).toBeUndefined()
  })

  it('a subscription of zeros and a product id are no secret', () => {
    const zeros = '/subscriptions/00000000-0000-0000-0000-000000000000/providers'
    expect(
      findSecret(`${zeros} sha256-abc rhcos-413-59ead7de-2540-4653-a8b0-fa7926d5c845`),
    ).toBeUndefined()
  })

  it('of the capturing account is found in every encoding, within any text', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9~._"&-]{12,40}$/)
    const around = fc.string({ maxLength: 9 })
    const encode = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => JSON.stringify(text),
      (text: string) => encodeURIComponent(text),
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(text).toString('base64url'),
      (text: string) => Buffer.from(text).toString('hex'),
    )
    fc.assert(
      fc.property(secret, around, around, encode, (known, before, after, encoded) => {
        expect(findSecret(encoded(`${before}${known}${after}`), { known: [known] })).toBeDefined()
      }),
    )
  })

  it.each(['rhcos-4.18.json', 'rhcos-4.18.recording.json'])('%s has none', (name) => {
    const text = readFileSync(new URL(`../../snapshots/${name}`, import.meta.url), 'utf8')
    expect(findSecret(text)).toBeUndefined()
  })
})

describe('an error message', () => {
  it.each([
    ['https://a.example/c?sv=1&sig=abcdef&x=2', 'https://a.example/c?sv=1&sig=…&x=2'],
    ['AccountKey=cGxhbnRlZC1hY2NvdW50LWtleQ==;x', 'AccountKey=…;x'],
    ['"access_token":"plantedplanted"', '"access_token":"…"'],
    ['https://user:hunter22@host.example/a', 'https://…host.example/a'],
    ['password=hunter2hunter2', 'password=…'],
  ])('shows %s as %s', (text, shown) => {
    expect(conceal(text)).toBe(shown)
  })
})

describe('200 KB that are slow to search', () => {
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
  ])('%j take less than 1.5 s of CPU time', (piece) => {
    const started = process.cpuUsage()
    const text = repeat(piece)
    findSecret(`a@${text}`)
    conceal(text)
    const { user } = process.cpuUsage(started)
    expect(user).toBeLessThan(1_500_000)
  })

  it('10 MB of base64 need no deep stack', () => {
    expect(findSecret('QUFB'.repeat(2_500_000))).toBeUndefined()
  })
})
