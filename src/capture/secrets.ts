/** What a secret looks like, whoever it belongs to. */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a token', /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/],
  ['a bearer token', /\bbearer\s+[\w.~+/-]{16,}/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an access key', /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  [
    'a signature',
    /\bAWS4-HMAC-SHA256\b|[?&](sig|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential)=/i,
  ],
  ['a token', /\bya29\.[\w-]{16,}/],
  ['an account', /\barn:aws[\w-]*:[\w-]*:[\w-]*:(?!0{12})[0-9]{12}\b/],
  ['an e-mail address', /\b(?!git@)[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\b/i],
  ['a client secret', /[\w~.-]{3}[78]Q~[\w~.-]{31,34}/],
  ['a subscription', /\/subscriptions\/(?!0{8}-0{4}-0{4}-0{4}-0{12}\b)[0-9a-f]{8}-[0-9a-f-]{27}/i],
]

/**
 * Looks for secrets: by their form, and those known of the one who captured, also encoded.
 *
 * @param known shorter ones than eight characters are passed over, as they are in any text
 * @returns what was found, without showing it; undefined for nothing
 */
export function findSecret(text: string, known: readonly string[] = []): string | undefined {
  const byForm = PATTERNS.find(([, pattern]) => pattern.test(text))
  if (byForm) return byForm[0]
  const folded = text.toLowerCase()
  const isThere = (form: string) => folded.includes(form.toLowerCase())
  return known.some((secret) => secret.length >= 8 && formsOf(secret).some(isThere))
    ? 'an id or secret of the one who captured'
    : undefined
}

/** A secret as it is, in JSON, percent-encoded, in hexadecimal, and in the three ways of base64. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...[0, 1, 2].map((shift) => innerBase64(bytes, shift)),
  ]
}

/** The base64 digits that depend on these bytes alone when `shift` others come before them. */
function innerBase64(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  return whole.slice(shift === 0 ? 0 : shift + 1, -1)
}
