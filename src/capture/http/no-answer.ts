/** No answer, or not all of it, within the time that one request may take; a retry would wait as long again. */
export class NoAnswer extends Error {
  constructor(readonly seconds: number) {
    super(`no complete answer within ${seconds} s`)
    this.name = 'NoAnswer'
  }
}
