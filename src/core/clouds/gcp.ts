import { rhelForOcp } from '../versions/version.ts'
import { type CloudFacts, column, type Entry } from './facts.ts'

/** GCP: a global image for each plan. */
export const gcp: CloudFacts = {
  title: 'Google Cloud',
  defaultPlan: 'ocp',
  identity: ['plan', 'version', 'project', 'name'],
  entry: { release: 'version', project: 'project', name: 'name' },
  facets: [],
  columns: ['architecture', 'name', 'plan', 'project', 'version'].map(column),
  imageName: getImagePath,
  imageId: getImagePath,
  slots: ({ criteria }, architecture) =>
    Object.entries(criteria.gcp?.plans ?? {})
      .filter(([, plan]) => plan.architecture === architecture)
      .map(([plan]) => ({ cloud: 'gcp', plan, architecture })),
  /** A query names one image, or lists the images of all plans of the criteria. */
  queryFor: ({ criteria, queries }, { plan, project, name }) => {
    const own = queries.gcp?.filter((query) => query.project === project) ?? []
    const prefix = criteria.gcp?.plans[String(plan)]?.prefix
    const isListed = prefix !== undefined && String(name).startsWith(prefix)
    return (
      own.find((query) => query.name === name) ??
      (isListed ? own.find((query) => query.name === undefined) : undefined)
    )
  },
  uses: {
    providerKind: 'GCPMachineProviderSpec',
    regionPath: ['region'],
    machineTypePath: ['machineType'],
    armMachineType: /^(t2a|c4a|n4a)-/,
    installConfig: ({ project = '', name = '' }) => ({ osImage: { project, name } }),
    machineSet: (entry) => ({ disks: { image: getImagePath(entry) } }),
    terms: () => 'on the page of the offer in Google Cloud Marketplace',
  },
  /**
   * `redhat-coreos-ocp-413-x86-64-202305021736`, or `…-422-rhel10-x86-64-20260423` for a RHEL version
   * that is not the default one of the OCP version.
   */
  expected: ({ criteria }, { slot, wanted: { ocp, release, text } }) => {
    const { project = '', plans = {} } = criteria.gcp ?? {}
    const architecture = slot.architecture.replaceAll('_', '-')
    const prefix = plans[slot.plan]?.prefix ?? ''
    const isDefault = rhelForOcp(criteria.rhel, ocp)?.major === release.rhel.major
    const rhel = isDefault ? '' : `rhel${release.rhel.major}-`
    const name = `${prefix}${ocp.major}${ocp.minor}-${rhel}${architecture}-${release.stamp}`
    return { place: { project, name }, version: text }
  },
}

function getImagePath({ project, name }: Entry): string {
  return `projects/${project}/global/images/${name}`
}
