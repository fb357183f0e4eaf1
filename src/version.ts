import manifest from '../package.json' with { type: 'json' }

export const VERSION: string = manifest.version

/** What a snapshot and the stream made of it name as their maker. */
export const GENERATOR = `stream-snapshot ${VERSION}`
