/** The places where Azure's answers say who asked, filled with strings that a test looks for. */
export interface Echo {
  /** Keys for an item of a list. */
  item: Record<string, unknown>
  /** Keys for what stands under `error`. */
  error: Record<string, unknown>
  /** Headers of any answer. */
  headers: Record<string, string[]>
  /** What names the caller within `x-ms-operation-identifier`, in its own syntax. */
  callers: string[]
}

/** Plants each secret in each place; with no secret, all places are empty. */
export function plant(secrets: readonly string[]): Echo {
  if (secrets.length === 0) return { item: {}, error: {}, headers: {}, callers: [] }
  return {
    item: { tags: Object.fromEntries(secrets.map((secret, index) => [`caller${index}`, secret])) },
    error: { additionalInfo: secrets.map((secret) => ({ type: 'Caller', info: { id: secret } })) },
    headers: {
      'set-cookie': secrets.map((secret) => `esctx=${encodeURIComponent(secret)}; path=/; secure`),
      'x-ms-client-principal-id': secrets.map(encodeURIComponent),
    },
    callers: secrets.map((secret) => `principal=${encodeURIComponent(secret)}`),
  }
}
