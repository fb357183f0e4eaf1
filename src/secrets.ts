/** A name, its quote, what gives it a value, and that value's quote. */
const GIVEN = String.raw`(?:\\?["'])?\s{0,3}(?:[:=]|=>)\s{0,3}(?:\\?["'])?`

function named(name: string, value: string): RegExp {
  return new RegExp(`(?<=(?<![a-z0-9])${name}${GIVEN})${value}`, 'i')
}

/**
 * What a secret looks like, whoever it belongs to: of all of it, so that what conceals it leaves
 * nothing. Each repetition is bounded, as the texts are others' and may be of any length.
 */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a token', /\beyJ[\w-]{8,1024}\.[\w-]{8,4096}\.[\w-]{0,1024}/],
  ['a token', /\b(?:ya29\.[\w-]{16,2048}|1\/\/0[\w-]{20,512})/],
  ['a token', /\b(?:gh[pousr]_\w{36,255}|github_pat_\w{22,255}|xox[abceoprs]-[\w-]{10,255})/],
  ['a token', /\b(?:xapp-[0-9]-[\w-]{20,255}|gl(?:pat|dt|rt|cbt|ptt|soat)-[\w-]{20,255})/],
  ['a token', /\b(?:npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{40,512}|rubygems_[0-9a-f]{48})/],
  ['a token', /\b(?:hv[sbr]\.[\w-]{20,512}|dop_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9a-f]{32})/],
  ['a token', /\b(?:dckr_pat_[\w-]{20,64}|sha256~[\w-]{40,64}|hf_[A-Za-z]{30,64})/],
  ['a token', /\b(?:SG\.[\w-]{16,32}\.[\w-]{32,64}|sk-(?:ant-|proj-)[\w-]{20,255}|glsa_\w{32,64})/],
  ['a token', /\b(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz|AQoDYXdz)[\w+/=]{16,4096}/],
  ['a token', /\b[01]\.A[A-Z][\w-]{2}[\w.-]{24,2048}/],
  [
    'a token',
    named('(?:access|refresh|id|auth|session|security)_?-?token', '[\\w.~+/=%-]{8,4096}'),
  ],
  ['a bearer token', /\bbearer\s{1,8}[\w.~+/-]{16,4096}={0,2}/i],
  ['a password', /\bbasic\s{1,8}[A-Za-z0-9+/]{12,1024}={0,2}/i],
  ['a password', /(?<=:\/\/)[^/\s:@"]{1,128}:[^/\s@"]{1,256}@/i],
  ['a password', named('(?:password|passwd|passphrase|pwd)', '[^\\s"\';,&\\\\]{6,256}')],
  [
    'a private key',
    /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----[\w+/=\s\\:,.-]{0,8192}|PuTTY-User-Key-File-[23]:|\bAGE-SECRET-KEY-1[A-Z0-9]{58}/,
  ],
  ['an access key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/],
  ['an access key', named('secret_?-?(?:access_?-?)?key', '[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])')],
  ['an access key', /\bAIza[\w-]{35}/],
  ['an access key', /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,128}/],
  ['an account key', /(?<=\b(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/=]{20,256}/i],
  ['a signature', /\bAWS4-HMAC-SHA256\b/],
  [
    'a signature',
    /(?<=[?&](?:sig|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|X-Goog-Signature|X-Goog-Credential)=)[^&\s"'<>\\]{1,4096}/i,
  ],
  ['a principal', /\b(?:AIDA|AROA|AGPA|AIPA|ANPA)[A-Z0-9]{17}\b/],
  ['a principal', /\b[\w.-]{1,128}\.iam\.gserviceaccount\.com\b/],
  ['an account', /\barn:aws[\w-]{0,16}:[\w-]{0,64}:[\w-]{0,64}:(?!0{12})[0-9]{12}\b/],
  ['an account', named('account_?-?(?:id|number)?', '(?!0{12})[0-9]{12}\\b')],
  [
    'an e-mail address',
    /\b(?!git@)[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,24}\b/i,
  ],
  ['a client secret', /[\w~.-]{3}[78]Q~[\w~.-]{31,34}|\bGOCSPX-[\w-]{20,64}/],
  ['a client secret', named('(?:client|consumer|app)_?-?secret', '[^\\s"\'&\\\\]{8,512}')],
  ['a subscription', /\/subscriptions\/(?!0{8}-0{4}-0{4}-0{4}-0{12}\b)[0-9a-f]{8}-[0-9a-f-]{27}/i],
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

/** So many texts at most are looked at for one, however it is wrapped. */
const MOST_VIEWS = 8

/** A text, and what its parts say that are escaped, percent-encoded, of XML, in base64 and in hex. */
function viewsOf(text: string): string[] {
  const views = [text]
  for (const decode of [decodeEscapes, decodePercent, decodeXml]) {
    for (const view of [...views]) {
      const decoded = decode(view)
      if (decoded !== view && views.length < MOST_VIEWS) views.push(decoded)
    }
  }
  return views.flatMap((view) => [
    view,
    inBytes(view, /[A-Za-z0-9+/_-]{16,4096}/g, 'base64'),
    inBytes(view, /[0-9a-f]{24,4096}/gi, 'hex'),
  ])
}

/** What can be read in the bytes that a text spells: a digest has nothing of the kind. */
function inBytes(text: string, pieces: RegExp, encoding: 'base64' | 'hex'): string {
  return runsIn(text, pieces)
    .flatMap((run) =>
      runsIn(Buffer.from(run, encoding).toString('latin1'), /[\x20-\x7e]{12,4096}/g),
    )
    .join('\n')
}

/** Runs of any length: a pattern without a bound would need as deep a stack. */
function runsIn(text: string, pieces: RegExp): string[] {
  const runs: string[] = []
  let [start, end] = [0, 0]
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    if (index !== end || end === 0) {
      if (end > start) runs.push(text.slice(start, end))
      start = index
    }
    end = index + piece.length
  }
  if (end > start) runs.push(text.slice(start, end))
  return runs
}

/** As JSON escapes a text, also one in another. */
function decodeEscapes(text: string): string {
  if (!text.includes('\\')) return text
  return text
    .replace(/\\{1,4}u([0-9a-f]{4})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replace(/\\{1,4}n/g, '\n')
    .replace(/\\{1,4}(["'/])/g, '$1')
}

/** Byte by byte: what is none stays. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2}){1,4096}/gi, (run) =>
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
