/** A JSON Schema as a function; after a refusal `errors` says why. Made by `npm run build`. */
export interface Validator {
  (value: unknown): boolean
  errors?:
    | readonly {
        readonly instancePath: string
        readonly message?: string
        readonly params: Readonly<Record<string, unknown>>
      }[]
    | null
}

export declare const isCriteria: Validator
export declare const isSnapshot: Validator
