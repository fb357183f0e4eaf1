/** The page's script as text, as the build takes it. */
declare const text: string
export default text
