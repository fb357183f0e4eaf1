/** The build takes these files as their text. */
declare module '*.css' {
  const text: string
  export default text
}
