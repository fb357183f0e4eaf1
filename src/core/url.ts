/** `https`, or `http` to this machine, as `URL` writes it: no credentials, query or `..`. */
export function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username || url.password || /[?#\s\\]|\/\//.test(text.slice(8))) {
    return false
  }
  const { protocol, hostname } = url
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  // A host alone is written with a slash.
  return isAllowed && (url.href === text || url.href === `${text}/`)
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.[0-9]+\.[0-9]+\.[0-9]+$/.test(host)
}
