/**
 * Who asks, and how patiently. Where EC2 is, and the credentials, the SDK finds as the AWS command
 * line does: profiles, `AWS_ENDPOINT_URL_EC2` and all.
 */
export interface AwsSettings {
  /** How often to ask in all where EC2 throttles or fails. */
  readonly attempts: number
  /** What the environment tells of the one who asks, to keep it out of the files. */
  readonly secrets: readonly string[]
}
