/** The `coreos-bootimages` manifest without its data. */
export const MANIFEST = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    annotations: {
      'include.release.openshift.io/ibm-cloud-managed': 'true',
      'include.release.openshift.io/self-managed-high-availability': 'true',
      'include.release.openshift.io/single-node-developer': 'true',
    },
    name: 'coreos-bootimages',
    namespace: 'openshift-machine-config-operator',
  },
}
