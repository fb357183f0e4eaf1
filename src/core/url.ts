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
