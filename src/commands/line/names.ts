/**
 * The commands that wait for nothing but files. Each is a file of its own in dist/quick, with all
 * that it runs, as node takes about a millisecond for every further file.
 */
export const QUICK: readonly string[] = ['regenerate', 'diff', 'list', 'skew', 'image']

/** Those that take a stream of the workspace in the place of a file, or none for all of them. */
export const OF_STREAMS: readonly string[] = ['diff', 'list', 'skew', 'history', 'report']
