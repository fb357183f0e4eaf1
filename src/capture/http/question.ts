import { AsyncLocalStorage } from 'node:async_hooks'
import { ServiceError } from '../../errors.ts'
import type { Gate } from './gate.ts'

/** How long a question may take in all, and who hears of it. */
export interface Patience {
  /** With its retries, the waits between them and the sign-in; in milliseconds. */
  readonly patience: number
  /** Hears what is waited for, after a few seconds. */
  readonly onWait?: ((text: string) => void) | undefined
  /** What its requests pass where a recording answers. */
  readonly gate?: Gate | undefined
}

/** Whoever looks at a terminal wonders by then. In milliseconds. */
const WORTH_A_WORD = 3_000

/** `setTimeout` takes no more, and then does not wait at all. In milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1

/** What is being waited for: it is known to the transport, whichever SDK is between the two. */
class Question {
  readonly #deadline: number
  /** How long a server asked to wait, in seconds. */
  asked: number | undefined
  /** Why the question is given up, which goes before whatever the SDK makes of it. */
  refusal: ServiceError | undefined
  /** Whether any server answered, if only with an error. */
  isAnswered = false

  constructor(
    readonly name: string,
    readonly limits: Patience,
  ) {
    this.#deadline = Date.now() + limits.patience
  }

  get left(): number {
    return this.#deadline - Date.now()
  }

  /** Whether that is more than there is patience for; then the question is given up. */
  isTooLong(seconds: number): boolean {
    this.asked = seconds
    if (seconds * 1000 < this.left) {
      if (seconds * 1000 >= WORTH_A_WORD) {
        this.limits.onWait?.(`${this.name}: the server asks to wait ${seconds} s`)
      }
      return false
    }
    this.refusal = this.giveUp()
    return true
  }

  giveUp(): ServiceError {
    const patience = this.limits.patience / 1000
    const what =
      this.asked === undefined
        ? `no answer within ${patience} s, sign-in and repetitions included`
        : `the server asked to wait ${this.asked} s, and there is patience for ${patience} s in all`
    return new ServiceError(
      `${this.name}: ${what}`,
      'Try again later, or give it more time with --patience.',
    )
  }
}

const CURRENT = new AsyncLocalStorage<Question>()

/**
 * Asks a question, and gives it up once its patience is at an end, whatever is under way by then:
 * a request, a wait between two of them, a program that gives out credentials.
 *
 * @param name in a few words, for errors
 * @throws ServiceError where it takes too long, saying how long the server asked to wait
 */
export async function withPatience<T>(
  name: string,
  limits: Patience,
  work: () => Promise<T>,
): Promise<T> {
  const question = new Question(name, limits)
  const timers: NodeJS.Timeout[] = []
  const late = new Promise<never>((_, reject) => {
    const end = Math.min(limits.patience, LONGEST_TIMER)
    timers.push(setTimeout(() => reject(question.giveUp()), end))
    if (limits.onWait !== undefined) {
      const word = () => limits.onWait?.(`${name}: waiting for an answer`)
      timers.push(setTimeout(word, WORTH_A_WORD))
    }
  })
  try {
    return await Promise.race([CURRENT.run(question, work), late])
  } catch (error) {
    throw question.refusal ?? error
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

/** A server asks for a wait that is longer than the patience that is left. */
class OutOfPatience extends Error {
  constructor() {
    super('the server asks for a longer wait than there is patience for')
    this.name = 'OutOfPatience'
  }
}

/** Notes that a server answered. @throws OutOfPatience where it asks for too long a wait */
export function noteAnswer(wait: number | undefined): void {
  const question = CURRENT.getStore()
  if (question === undefined) return
  question.isAnswered = true
  if (wait !== undefined && question.isTooLong(wait)) throw new OutOfPatience()
}

/** What a request of what is being asked just now has to pass. */
export function currentGate(): Gate | undefined {
  return CURRENT.getStore()?.limits.gate
}

/** Whether anything is being asked just now. */
export function isAsking(): boolean {
  return CURRENT.getStore() !== undefined
}

/** Whether any server has answered to what is being asked just now. */
export function isAnswered(): boolean {
  return CURRENT.getStore()?.isAnswered ?? false
}
