import { ServiceError } from '../../../errors.ts'
import type { Send } from '../../http/transport.ts'

/** A request as the SDK hands it over. */
interface SdkRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** An answer that is none of AWS's own, such as a gateway's page. */
export class ForeignAnswer extends Error {
  /** Where the SDK looks to see whether it should ask again. */
  readonly $metadata: { readonly httpStatusCode: number }

  constructor(readonly status: number) {
    super('the answer is not of AWS')
    this.name = 'ForeignAnswer'
    this.$metadata = { httpStatusCode: status }
  }
}

/** The transport as the SDK wants its request handler. */
export function awsHandler(send: Send) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest, options?: { readonly abortSignal?: unknown }) {
      const { method, headers, body } = request
      const {
        status,
        headers: told,
        body: bytes,
      } = await send({
        method,
        url: urlOf(request),
        headers,
        body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
        signal: options?.abortSignal as AbortSignal | undefined,
      })
      if (!isOfAws(bytes)) throw new ForeignAnswer(status)
      return { response: { statusCode: status, headers: { ...told }, body: bytes } }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

/** The SDK reads any other as XML or JSON, and fails of that instead of the status. */
function isOfAws(body: Buffer): boolean {
  const text = body.toString('utf8').trimStart()
  return /^(\{|(<\?xml[^>]*>\s*)?<(\w*Response|Error)\b)/.test(text)
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`),
  )
  const url = `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`
  if (!URL.canParse(url))
    throw new ServiceError('aws: the endpoint is no URL', 'Check AWS_ENDPOINT_URL_EC2.')
  return parameters.length === 0 ? url : `${url}?${parameters.join('&')}`
}
