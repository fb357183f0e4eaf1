import { type CloudFacts, column } from './facts.ts'

/** AWS: an AMI for each product, architecture and region. */
export const aws: CloudFacts = {
  title: 'AWS',
  defaultPlan: 'ocp',
  identity: ['plan', 'architecture', 'region', 'version', 'image'],
  entry: { release: 'version', image: 'image' },
  facets: ['region'],
  columns: ['architecture', 'image', 'name', 'plan', 'region', 'version'].map(column),
  imageName: ({ image }) => String(image),
  imageId: ({ image }) => String(image),
  slots: ({ criteria, queries }, architecture) =>
    Object.entries(criteria.aws?.plans ?? {})
      .filter(([, products]) => Object.hasOwn(products, architecture))
      .flatMap(([plan]) =>
        (queries.aws ?? []).map(({ region }) => ({ cloud: 'aws', plan, architecture, region })),
      ),
  /**
   * One query per region lists the images of all products of the criteria. The name of an image, which
   * a stream does not have, contains its product.
   */
  queryFor: ({ criteria, queries }, { plan, architecture, region, name }) => {
    const products: Readonly<Partial<Record<string, string>>> =
      criteria.aws?.plans[String(plan)] ?? {}
    const product = products[String(architecture)]
    if (product === undefined || (name !== undefined && !String(name).includes(product))) {
      return undefined
    }
    return queries.aws?.find((query) => query.region === region)
  },
  catalog: ({ aws }) => JSON.stringify([aws?.owner, aws?.owners]),
  uses: {
    providerKind: 'AWSMachineProviderConfig',
    regionPath: ['placement', 'region'],
    machineTypePath: ['instanceType'],
    // Family, generation, features: the feature `g` is a Graviton processor.
    armMachineType: /^(a1|[a-z]+[0-9]+g[a-z]*)[.]/,
    others: {
      platform: [['amiID']],
      machineSet: [
        ['ami', 'filters'],
        ['ami', 'arn'],
      ],
    },
    installConfig: ({ image = '' }) => ({ amiID: image }),
    machineSet: ({ image = '' }) => ({ ami: { id: image } }),
    terms: () => 'subscribe to the offer in AWS Marketplace',
  },
  expected: ({ criteria }, { slot: { plan, architecture, region = '' }, wanted }) => {
    const products: Readonly<Partial<Record<string, string>>> = criteria.aws?.plans[plan] ?? {}
    return { place: { plan, product: products[architecture] ?? '', region }, version: wanted.text }
  },
}
