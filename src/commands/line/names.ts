/**
 * The commands that wait for nothing but files. Each is a file of its own in dist/quick, with all
 * that it runs, as node takes about a millisecond for every further file.
 */
export const QUICK: readonly string[] = ['regenerate', 'diff', 'list', 'skew', 'image']
