/**
 * The platforms that a stream's `artifacts` can name and that this tool writes, as coreos-assembler
 * names them. A target's artifacts for any other platform are left as they are.
 */
export const PLATFORMS = [
  'aliyun',
  'applehv',
  'aws',
  'azure',
  'azurestack',
  'digitalocean',
  'exoscale',
  'gcp',
  'hetzner',
  'hyperv',
  'ibmcloud',
  'kubevirt',
  'metal',
  'nutanix',
  'nvidiabluefield',
  'openstack',
  'oraclecloud',
  'powervs',
  'proxmoxve',
  'qemu',
  'qemu-secex',
  'virtualbox',
  'vmware',
  'vultr',
] as const

export type Platform = (typeof PLATFORMS)[number]
