/** The credentials that the mock server for EC2 accepts. */
export interface AwsAccount {
  accountId: string
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** The user that error messages name. */
  user: string
}

/** Invented values. They differ from the zeros that replace account data in recordings. */
export const DEMONSTRATION_AWS_ACCOUNT: AwsAccount = {
  accountId: '482915537706',
  accessKeyId: 'ASIASTANDINKEY7Q2WX5',
  secretAccessKey: 'mock-srv/not+a+secret/8fKq2ZrT0vYxLmNb3',
  sessionToken: 'IQoJmockServerSessionTokenOfNobody0123456789abcdefghij',
  user: 'somebody',
}
