import type { Argv } from 'yargs'

/** What a cloud takes from the command line and the environment; below it all are plain values. */
export interface CloudArguments<Args, Criteria, Settings> {
  options<T>(argv: Argv<T>): Argv<T & Args>
  /** The criteria with what the command line says otherwise. */
  criteria(criteria: Criteria, args: Args): Criteria
  /**
   * Where the cloud is and who asks.
   *
   * @throws ServiceError where the credentials cannot be found
   */
  settings(args: Args, env: NodeJS.ProcessEnv): Promise<Settings>
}
