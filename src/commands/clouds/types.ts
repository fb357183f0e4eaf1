import type { ArgsOf, OptionTable } from '../option.ts'

/** What a cloud takes from the command line and the environment; below it all are plain values. */
export interface CloudArguments<Table extends OptionTable, Criteria, Settings> {
  readonly options: Table
  /** The criteria with what the command line says otherwise. */
  criteria(criteria: Criteria, args: ArgsOf<Table>): Criteria
  /**
   * Where the cloud is and who asks.
   *
   * @throws ServiceError where the credentials cannot be found
   */
  settings(args: ArgsOf<Table>, env: NodeJS.ProcessEnv): Promise<Settings>
}
