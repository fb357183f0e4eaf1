/** The documented forms of values. The schemas accept all of them. */

function like(pattern: RegExp): (value: unknown) => value is string {
  return (value): value is string => typeof value === 'string' && pattern.test(value)
}

/** 8 digits, since 2018 17 digits */
export const isAmiId = like(/^ami-[0-9a-f]{8,17}$/)

export const isAmiName = like(/^[A-Za-z0-9()[\] ./@'_-]{3,128}$/)

export const isAwsRegion = like(/^[a-z]{2,8}(-[a-z]{1,16}){1,3}-[0-9]{1,2}$/)

/** A label of RFC 1035. */
export const isGcpName = like(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)

/** Two or three numbers with an optional revision, or `latest` */
export const isAzureVersion = like(/^([0-9]{1,40}(\.[0-9]{1,40}){1,2}(-[0-9]{1,9})?|latest)$/)

/** A date with an optional time. `readTime` is stricter. */
export const isTime = like(
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.]{1,18}([Zz]|[+-][0-9:]{2,6})?)?$/,
)

export const isStreamName = like(/^[A-Za-z0-9_.+~%-]{1,128}$/)

export const isState = like(/^[A-Za-z_-]{1,40}$/)

/** Ignores case, like Azure. */
export function isOneOf(...values: readonly string[]): (value: unknown) => boolean {
  const folded = values.map((value) => value.toLowerCase())
  return (value) => typeof value === 'string' && folded.includes(value.toLowerCase())
}

/** An `https` URL, or `http` to this machine, without credentials, query or `..`. */
export function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username || url.password || /[?#\s\\]|\/\//.test(text.slice(8))) {
    return false
  }
  const { protocol, hostname } = url
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  // `href` adds a slash after a host.
  return isAllowed && (url.href === text || url.href === `${text}/`)
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.[0-9]+\.[0-9]+\.[0-9]+$/.test(host)
}
