/** Strings in the places where Azure's responses identify the caller. */
export interface PlantedSecrets {
  /** Members of an item. */
  item: Record<string, unknown>
  /** Members of `error`. */
  error: Record<string, unknown>
  /** Headers of all responses. */
  headers: Record<string, string[]>
  /** Parts of the header `x-ms-operation-identifier`. */
  callers: string[]
}

/** Puts each secret in each place. */
export function plantSecrets(secrets: readonly string[]): PlantedSecrets {
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
