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

/** The innermost folder of all these files; undefined where they are of different servers. */
export function folderAround(urls: readonly string[]): string | undefined {
  const [first = [], ...others] = urls.map((url) => url.split('/').slice(0, -1))
  const end = first.findIndex((step, at) => others.some((steps) => steps[at] !== step))
  const common = end < 0 ? first : first.slice(0, end)
  return common.length < 3 ? undefined : common.join('/')
}

/** Whether what is at a URL is in a folder, or is that folder; of both as `isPlainUrl` has them. */
export function liesIn(url: string, folder: string): boolean {
  return url === folder || url.startsWith(`${folder}/`)
}
