import { type Explanation, explainConnection } from './errors.ts'
import type { HttpResponse, Send } from './message.ts'

/** The last request of a sign-in that failed; the libraries' own errors leave it out. */
export class SignInTrace {
  /** The host, and either the error or the response that was not a success. */
  failure:
    | { readonly host: string; readonly error?: Error; readonly response?: HttpResponse }
    | undefined

  /** The last response of a metadata service, which only counts if nothing else was observed. */
  metadata: { readonly host: string; readonly response: HttpResponse } | undefined

  /** Watches a transport. */
  watch(send: Send): Send {
    return async (request) => {
      const { host } = new URL(request.url)
      try {
        const response = await send(request)
        if (isMetadata(host)) this.metadata = { host, response }
        else this.failure = response.status < 300 ? undefined : { host, response }
        return response
      } catch (error) {
        if (!isMetadata(host)) this.failure = { host, error: error as Error }
        throw error
      }
    }
  }

  /** Why the last request received no response, with its host. */
  explainConnection(): Explanation | undefined {
    const { host, error } = this.failure ?? {}
    const explained = explainConnection(error)
    return explained && { ...explained, cause: `sign-in at ${host}: ${explained.cause}` }
  }
}

/** Only machines of a cloud have this service, so its absence is not a failure. */
function isMetadata(host: string): boolean {
  return /^(169\.254(\.[0-9]+){2}|metadata\.google\.internal)(:|$)/.test(host)
}
