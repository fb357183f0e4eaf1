/** No answer, or not all of it, within the time that one request may take; a retry would wait as long again. */
export class NoAnswer extends Error {
  constructor(readonly seconds: number) {
    super(`no complete answer within ${seconds} s`)
    this.name = 'NoAnswer'
  }
}

/**
 * Gives an answer, its body included, so much time; an SDK's own limit ends with the headers. The
 * request is not aborted: the recorder of exchanges does not survive that, and the process ends.
 *
 * @param timeout in milliseconds
 * @throws NoAnswer
 */
export async function answerWithin<T>(timeout: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(timeout / 1000)), timeout)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
