import { createHash } from 'node:crypto'
import type { BuildSource } from './builds.ts'

/** The example of the enhancement. `name` is the stream's folder on the build server. */
export const DEMONSTRATION = {
  name: '4.18-9.4',
  release: '418.94.202410090804-0',
  architectures: ['aarch64', 'ppc64le', 's390x', 'x86_64'],
} as const

/** The platforms of each architecture, as named in meta.json, with their file extensions. */
const ARTIFACTS: Readonly<Record<string, readonly (readonly [platform: string, end: string])[]>> = {
  aarch64: [
    ['aws', 'vmdk.gz'],
    ['azure', 'vhd.gz'],
    ['gcp', 'tar.gz'],
  ],
  ppc64le: [['powervs', 'ova.gz']],
  s390x: [
    ['ibmcloud', 'qcow2.gz'],
    ['kubevirt', 'ociarchive'],
    ['qemu-secex', 'qcow2.gz'],
  ],
  x86_64: [
    ['aws', 'vmdk.gz'],
    ['azure', 'vhd.gz'],
    ['azurestack', 'vhd.gz'],
    ['gcp', 'tar.gz'],
    ['ibmcloud', 'qcow2.gz'],
    ['kubevirt', 'ociarchive'],
    ['nutanix', 'qcow2'],
    ['vmware', 'ova'],
  ],
}
const COMMON_ARTIFACTS = [
  ['metal', 'raw.gz'],
  ['metal4k', 'raw.gz'],
  ['openstack', 'qcow2.gz'],
  ['qemu', 'qcow2.gz'],
] as const

const AWS_REGIONS = ['eu-central-1', 'us-east-1', 'us-east-2', 'us-gov-west-1']
const POWERVS_REGIONS = ['dal', 'lon', 'syd']

/** Serves only the release of the demonstration. All digests and image IDs are placeholders. */
export const demonstrationBuilds: BuildSource = ({ name, release, architecture }) => {
  const known: readonly string[] = DEMONSTRATION.architectures
  return name === DEMONSTRATION.name &&
    release === DEMONSTRATION.release &&
    known.includes(architecture)
    ? `${JSON.stringify(demonstrationMeta(architecture), undefined, 4)}\n`
    : undefined
}

/** A meta.json, including fields that are not in a stream. */
export function demonstrationMeta(architecture: string): Record<string, unknown> {
  const { release, name } = DEMONSTRATION
  const dashed = release.replaceAll('.', '-')
  const gcp = `rhcos-${dashed}-gcp-${architecture.replace('_', '-')}`
  const disk = `rhcos-${release}-azure.${architecture}.vhd`
  const [isX86, isArm, isPower] = ['x86_64', 'aarch64', 'ppc64le'].map((it) => it === architecture)
  return {
    buildid: release,
    name: 'rhcos',
    summary: 'OpenShift 4 with RHEL CoreOS, a mock server',
    'coreos-assembler.basearch': architecture,
    'coreos-assembler.build-timestamp': '2024-10-09T08:10:00Z',
    'coreos-assembler.code-source': 'container',
    'coreos-assembler.container-config-git': {
      branch: 'release-4.18',
      commit: placeholder('config', 40),
      dirty: 'false',
      origin: 'https://example.invalid/config',
    },
    'coreos-assembler.image-genver': 0,
    'ostree-commit': placeholder(`${architecture} commit`),
    'ostree-timestamp': '2024-10-09T08:04:00Z',
    'ostree-version': release,
    pkgdiff: [['kernel', 2, { NewPackage: ['kernel', '5.14.0-427.40.1', architecture] }]],
    images: {
      ostree: artifact(`rhcos-${release}-ostree.${architecture}.ociarchive`),
      ...Object.fromEntries(
        [...COMMON_ARTIFACTS, ...(ARTIFACTS[architecture] ?? [])].map(([platform, end]) => [
          platform,
          artifact(`rhcos-${release}-${platform}.${architecture}.${end}`),
        ]),
      ),
      'live-iso': artifact(`rhcos-${release}-live.${architecture}.iso`),
      'live-kernel': artifact(`rhcos-${release}-live-kernel-${architecture}`),
      'live-initramfs': artifact(`rhcos-${release}-live-initramfs.${architecture}.img`),
      'live-rootfs': artifact(`rhcos-${release}-live-rootfs.${architecture}.img`),
    },
    oscontainer: {
      image: 'quay.io/openshift-release-dev/ocp-v4.0-art-dev',
      digest: `sha256:${placeholder(`${architecture} container`)}`,
    },
    ...((isX86 || isArm) && {
      amis: AWS_REGIONS.map((region) => ({
        name: region,
        hvm: `ami-${placeholder(`${architecture} ${region}`, 17)}`,
        snapshot: `snap-${placeholder(`${architecture} ${region} snapshot`, 17)}`,
      })),
      azure: { image: disk, url: `https://rhcos.blob.core.windows.net/imagebucket/${disk}` },
      gcp: { image: gcp, project: 'rhcos-cloud', url: `https://example.invalid/${gcp}` },
    }),
    ...(isX86 && {
      kubevirt: {
        image: 'quay.io/openshift-release-dev/ocp-v4.0-art-dev',
        digest: `sha256:${placeholder('kubevirt')}`,
        tags: [release, `${name}-kubevirt`],
      },
    }),
    ...(isPower && {
      powervs: POWERVS_REGIONS.map((region) => {
        const object = `rhcos-${dashed}-ppc64le-powervs.ova.gz`
        const bucket = `rhcos-powervs-images-${region}`
        const host = `s3.${region}.cloud-object-storage.appdomain.cloud`
        return { region, object, bucket, url: `https://${host}/${bucket}/${object}` }
      }),
    }),
  }
}

function artifact(path: string): Record<string, unknown> {
  const isCompressed = path.endsWith('.gz')
  return {
    path,
    sha256: placeholder(path),
    size: 1_000_000,
    ...(isCompressed && {
      'uncompressed-sha256': placeholder(`${path} uncompressed`),
      'uncompressed-size': 2_000_000,
    }),
  }
}

/** A hexadecimal number with leading zeros, so that it is not mistaken for a real digest. */
function placeholder(seed: string, digits = 64): string {
  const end = createHash('sha256').update(seed).digest('hex').slice(0, 8)
  return end.padStart(digits, '0')
}
