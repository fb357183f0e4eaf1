/** Matches VALUE in `name=VALUE` and `"name": "VALUE"`, also with escaped quotes. */
function named(name: string, value: string): RegExp {
  const given = String.raw`(?:\\?["'])?\s{0,3}(?:[:=]|=>)\s{0,3}(?:\\?["'])?`
  return new RegExp(`(?<before>(?<![a-z0-9])${name}${given})${value}`, 'i')
}

/**
 * The forms of secrets of the three clouds, of registries and of GitHub, by kind. Each form matches the
 * whole secret and the text `before` it, and each repetition is bounded. `(?<=` at the start is slow, as
 * it is tried at every character.
 */
const FORMS: Readonly<Record<string, readonly RegExp[]>> = {
  'a token': [
    /\beyJ[\w-]{8,1024}\.[\w-]{8,4096}\.[\w-]{0,1024}/,
    /\b(?:ya29\.[\w-]{16,2048}|1\/\/0[\w-]{20,512}|[01]\.A[A-Z][\w-]{2}[\w.-]{24,2048})/,
    /\b(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz|AQoDYXdz)[\w+/=]{16,4096}/,
    /\b(?:gh[pousr]_\w{36,255}|github_pat_\w{22,255}|npm_[A-Za-z0-9]{36})/,
    /\b(?:dckr_pat_[\w-]{20,64}|sha256~[\w-]{40,64})/,
    named('auth', '[A-Za-z0-9+/]{16,4096}={0,2}(?=\\\\?["\'])'),
    named('(?:access|refresh|id|auth|session|security)_?-?token', '[\\w.~+/=%-]{8,4096}'),
  ],
  'a bearer token': [/\bbearer\s{1,8}[\w.~+/-]{16,4096}={0,2}/i],
  'a password': [
    /\bbasic\s{1,8}[A-Za-z0-9+/]{12,1024}={0,2}/i,
    /(?<before>:\/\/)[^/\s:@"]{1,128}:[^/\s@"]{1,256}@/i,
    named('(?:password|passwd|passphrase|pwd)', '[^\\s"\';,&\\\\]{6,256}'),
  ],
  'a private key': [/-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----[\w+/=\s\\:,.-]{0,8192}/],
  'an access key': [
    /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b|\bAIza[\w-]{35}/,
    named('secret_?-?(?:access_?-?)?key', '[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])'),
    /(?<before>\b(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/=]{20,256}/i,
  ],
  'a signature': [
    /\bAWS4-HMAC-SHA256\b/,
    /(?<before>[?&](?:sig|X-(?:Amz|Goog)-(?:Signature|Security-Token|Credential))=)[^&\s"'<>\\]{1,4096}/i,
  ],
  'a client secret': [
    /[\w~.-]{3}[78]Q~[\w~.-]{31,34}|\bGOCSPX-[\w-]{20,64}/,
    named('(?:client|consumer|app)_?-?secret', '[^\\s"\'&\\\\]{8,512}'),
  ],
  'a principal': [
    /\b(?:AIDA|AROA|AGPA|AIPA|ANPA)[A-Z0-9]{17}\b/,
    /(?<![\w.-])[\w.-]{1,4096}\.iam\.gserviceaccount\.com\b/,
  ],
  'an account': [
    /\barn:aws[\w-]{0,16}:[\w-]{0,64}:[\w-]{0,64}:(?!0{12})[0-9]{12}\b/,
    named('account_?-?(?:id|number)?', '(?!0{12})[0-9]{12}\\b'),
  ],
  'a subscription': [/\/subscriptions\/(?!0{8}-0{4}-0{4}-0{4}-0{12}\b)[0-9a-f]{8}-[0-9a-f-]{27}/i],
  'an e-mail address': [
    /(?<![\w.+-])(?!git@)[\w.+-]{1,4096}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,24}\b/i,
  ],
}

/** Shorter values, such as the name of a region, are too common. */
const MIN_LENGTH = 8

export interface SearchOptions {
  /** Ids and secrets of the capturing account. */
  readonly known?: readonly string[]
  /** A text with public GUIDs, such as the product ids of the criteria. Absent: all GUIDs are allowed. */
  readonly published?: string | undefined
}

/**
 * Finds a secret by its form, a secret of the capturing account, or a GUID, the form of Azure's ids of
 * tenants, clients, principals and requests. Encoded text is decoded first.
 * @returns the kind of the secret
 */
export function findSecret(
  text: string,
  { known = [], published }: SearchOptions = {},
): string | undefined {
  const views = decodedViews(text)
  const isFound = (pattern: RegExp) => views.some((view) => pattern.test(view))
  const kind = Object.keys(FORMS).find((each) => FORMS[each]?.some(isFound))
  if (kind !== undefined) return kind
  const folded = text.toLowerCase()
  if (encodeAll(known).some((form) => folded.includes(form.toLowerCase()))) {
    return 'an id or secret of the capturing account'
  }
  if (published === undefined) return undefined
  const allowed = new Set(readIds(published))
  const isUnknown = (id: string) => !/^[0-]*$/.test(id) && !allowed.has(id)
  return views.flatMap(readIds).some(isUnknown) ? 'an id' : undefined
}

function readIds(text: string): string[] {
  const ids = text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi) ?? []
  return ids.map((id) => id.toLowerCase())
}

/** Replaces known secrets, and text in the form of a secret, by `…`. */
export function conceal(text: string, known: readonly string[] = []): string {
  const literal = encodeAll(known).map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  const patterns = [
    ...Object.values(FORMS).flatMap((forms) =>
      forms.map(({ source, flags }) => new RegExp(source, `g${flags}`)),
    ),
    ...literal.map((source) => new RegExp(source, 'gi')),
  ]
  return patterns.reduce(
    (hidden, pattern) => hidden.replace(pattern, (...found) => `${found.at(-1).before ?? ''}…`),
    text,
  )
}

/** The text, and its parts in JSON, percent-encoding, base64 and hexadecimal decoded. */
function decodedViews(text: string): string[] {
  const unescaped = text
    .replace(/\\{1,4}u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\{1,4}n/g, '\n')
    .replace(/\\{1,4}(["'/])/g, '$1')
  const clear = unescaped.replace(/(?:%[0-9a-f]{2}){1,4096}/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  )
  const views = [...new Set([text, unescaped, clear])]
  const runs = new Set(views.flatMap((view) => findRuns(view, /[A-Za-z0-9+/_-]{16,4096}/g)))
  const hex = [...runs].flatMap((run) => findRuns(run, /[0-9a-f]{24,4096}/gi))
  return [...views, decodeRuns([...runs], 'base64'), decodeRuns(hex, 'hex')]
}

/** The printable text in encoded runs; a digest has none of that length. */
function decodeRuns(runs: readonly string[], encoding: 'base64' | 'hex'): string {
  return runs
    .map((run) => Buffer.from(run, encoding).toString('latin1'))
    .flatMap((decoded) => findRuns(decoded, /[\x20-\x7e]{12,4096}/g))
    .join('\n')
}

/** Joins adjacent matches. An unbounded regular expression needs a deep stack. */
function findRuns(text: string, pieces: RegExp): string[] {
  const runs: { start: number; end: number }[] = []
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    const last = runs.at(-1)
    if (last?.end === index) last.end += piece.length
    else runs.push({ start: index, end: index + piece.length })
  }
  return runs.map(({ start, end }) => text.slice(start, end))
}

const ENTITIES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }

/** XML requires escapes of `&` and `<` only. */
const XML_ESCAPES = [/[&<]/g, /[&<>]/g, /[&<"]/g, /[&<>"]/g]

function encodeAll(secrets: readonly string[]): string[] {
  return secrets.filter(({ length }) => length >= MIN_LENGTH).flatMap(encode)
}

/** Plain, and in JSON, percent-encoding, XML, hexadecimal and base64. */
function encode(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((shift) => innerBase64(bytes, shift))
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    ...XML_ESCAPES.map((characters) =>
      secret.replace(characters, (character) => `&${ENTITIES[character]};`),
    ),
    bytes.toString('hex'),
    ...base64,
    ...base64.map((digits) => digits.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** The base64 digits that only depend on these bytes after `shift` other bytes. */
function innerBase64(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  return whole.slice(shift === 0 ? 0 : shift + 1, -1)
}
