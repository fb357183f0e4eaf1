/** One HTTP request, as any of the SDKs hands it over. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
  /** The SDK's own limit for this request, in milliseconds; the shorter one counts. */
  readonly timeout?: number | undefined
  /** Distinguishes requests with the same URL, such as those of several regions. */
  readonly place?: string | undefined
}

/** Its response, whole and not compressed. */
export interface HttpResponse {
  readonly status: number
  /** Names in lower case; repeated values are joined with commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}
