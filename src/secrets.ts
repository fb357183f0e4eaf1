/** What a secret looks like, whoever it belongs to. */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a token', /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/],
  ['a token', /\b(ya29\.[\w-]{16,}|gh[pousr]_\w{36}|github_pat_\w{22,}|xox[abeoprs]-[\w-]{10,})/],
  ['a bearer token', /\bbearer\s+[\w.~+/-]{16,}/i],
  ['a password', /\bbasic\s+[A-Za-z0-9+/]{12,}={0,2}|:\/\/[^/\s:@"]+:[^/\s@"]+@/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an access key', /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['an access key', /\bAIza[\w-]{35}/],
  ['an account key', /\b(AccountKey|SharedAccessKey)=[A-Za-z0-9+/=]{20,}/i],
  [
    'a signature',
    /\bAWS4-HMAC-SHA256\b|[?&](sig|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential)=/i,
  ],
  ['an account', /\barn:aws[\w-]*:[\w-]*:[\w-]*:(?!0{12})[0-9]{12}\b/],
  ['an e-mail address', /\b(?!git@)[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\b/i],
  ['a client secret', /[\w~.-]{3}[78]Q~[\w~.-]{31,34}/],
  ['a subscription', /\/subscriptions\/(?!0{8}-0{4}-0{4}-0{4}-0{12}\b)[0-9a-f]{8}-[0-9a-f-]{27}/i],
  ['a principal', /\b[\w.-]+\.iam\.gserviceaccount\.com\b/],
]

/**
 * Looks for secrets: by their form, and those known of the one who captured, both also encoded.
 *
 * @param known shorter ones than eight characters are passed over, as they are in any text
 * @returns what was found, without showing it; undefined for nothing
 */
export function findSecret(text: string, known: readonly string[] = []): string | undefined {
  for (const view of viewsOf(text)) {
    const byForm = PATTERNS.find(([, pattern]) => pattern.test(view))
    if (byForm) return byForm[0]
  }
  const folded = text.toLowerCase()
  const isThere = (form: string) => folded.includes(form.toLowerCase())
  return known.some((secret) => secret.length >= 8 && formsOf(secret).some(isThere))
    ? 'an id or secret of the one who captured'
    : undefined
}

const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

/**
 * Looks for ids: the tenants, clients, principals and requests of Azure are GUIDs.
 *
 * @param allowed texts whose GUIDs are no secret, such as the criteria's product ids; zeros are none
 */
export function findId(text: string, ...allowed: readonly string[]): string | undefined {
  const guidsOf = (each: string) => (each.match(GUID) ?? []).map((guid) => guid.toLowerCase())
  const fine = new Set(allowed.flatMap(guidsOf))
  const isForeign = (guid: string) => !/^[0-]*$/.test(guid) && !fine.has(guid)
  return viewsOf(text).flatMap(guidsOf).some(isForeign) ? 'an id' : undefined
}

/** A text with everything left out that looks like a secret or is one of these. */
export function conceal(text: string, known: readonly string[] = []): string {
  let clear = text
  for (const [, { source, flags }] of PATTERNS) {
    clear = clear.replace(new RegExp(source, `g${flags}`), '…')
  }
  for (const secret of known.filter(({ length }) => length >= 8)) {
    for (const form of formsOf(secret)) {
      clear = clear.replace(new RegExp(escapeRegExp(form), 'gi'), '…')
    }
  }
  return clear
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** A text, and what its percent-encoded, its XML's and its base64 parts say. */
function viewsOf(text: string): string[] {
  const views = [text]
  if (/%[0-9a-f]{2}/i.test(text)) views.push(decodePercent(text))
  if (/&(#|amp|lt|gt|quot|apos)/.test(text)) views.push(decodeXml(text))
  const runs = text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []
  views.push(runs.flatMap((run) => textIn(Buffer.from(run, 'base64'))).join('\n'))
  return views
}

/** The readable parts of bytes: a digest that was taken for base64 has none. */
function textIn(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/[\x20-\x7e]{12,}/g) ?? []
}

/** Byte by byte: what is none stays. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function decodeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/gi,
    (...parts) => {
      const [whole, hex, decimal, name] = parts as (string | undefined)[]
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? ''
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : (whole ?? '')
    },
  )
}

/** A secret as it is, in JSON, percent-encoded, in XML, in hexadecimal, and in the ways of base64. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((shift) => innerBase64(bytes, shift))
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    secret.replace(/[&<>"']/g, (character) => `&${nameOf(character)};`),
    secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    bytes.toString('hex'),
    ...base64,
    ...base64.map((digits) => digits.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** The base64 digits that depend on these bytes alone when `shift` others come before them. */
function innerBase64(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  return whole.slice(shift === 0 ? 0 : shift + 1, -1)
}

function nameOf(character: string): string {
  return Object.keys(ENTITIES).find((name) => ENTITIES[name] === character) ?? ''
}
