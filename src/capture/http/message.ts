/** One HTTP request, as any of the SDKs wants it sent. */
export interface Request {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** Its answer, whole and plain. */
export interface Answer {
  readonly status: number
  /** Names in lower case; of a repeated one, all values with commas between them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}
