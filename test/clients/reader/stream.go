package main

// A stream as in its schema. Go encodes the fields of a struct in order, sorts the keys of a map by
// bytes, and omits empty fields with omitempty. The extensions differ between readers and files.
type stream[Extensions any] struct {
	Name     string `json:"stream"`
	Metadata struct {
		LastModified string `json:"last-modified"`
		Generator    string `json:"generator,omitempty"`
	} `json:"metadata"`
	Architectures map[string]struct {
		Artifacts map[string]struct {
			Release string            `json:"release"`
			Formats map[string]format `json:"formats"`
		} `json:"artifacts"`
		Images struct {
			Aliyun   *regional[image]  `json:"aliyun,omitempty"`
			Aws      *regional[image]  `json:"aws,omitempty"`
			Gcp      *gcpImage         `json:"gcp,omitempty"`
			IbmCloud *regional[object] `json:"ibmcloud,omitempty"`
			KubeVirt *container        `json:"kubevirt,omitempty"`
			PowerVS  *regional[object] `json:"powervs,omitempty"`
		} `json:"images"`
		Extensions *Extensions `json:"rhel-coreos-extensions,omitempty"`
	} `json:"architectures"`
}

type format struct {
	Disk      *artifact `json:"disk,omitempty"`
	Kernel    *artifact `json:"kernel,omitempty"`
	Initramfs *artifact `json:"initramfs,omitempty"`
	Rootfs    *artifact `json:"rootfs,omitempty"`
}

type artifact struct {
	Location           string `json:"location"`
	Signature          string `json:"signature,omitempty"`
	Sha256             string `json:"sha256"`
	UncompressedSha256 string `json:"uncompressed-sha256,omitempty"`
}

type regional[Image any] struct {
	Regions map[string]Image `json:"regions,omitempty"`
}

type image struct {
	Release string `json:"release"`
	Image   string `json:"image"`
}

type object struct {
	Release string `json:"release"`
	Object  string `json:"object"`
	Bucket  string `json:"bucket"`
	Url     string `json:"url"`
}

type container struct {
	Release         string `json:"release"`
	Image           string `json:"image"`
	DigestReference string `json:"digest-ref"`
}

// The readers of a cluster only know the marketplace images of Azure, and ignore unknown members.
type knownStream = stream[struct {
	redHat
	Marketplace *struct {
		Azure *azurePlans `json:"azure,omitempty"`
	} `json:"marketplace,omitempty"`
}]

// A file may have images of three clouds in both layouts.
type writtenStream = stream[struct {
	redHat
	AzureMarketplace *struct {
		NoPurchasePlan *azureImage `json:"no-purchase-plan,omitempty"`
		NorthAmerica   *azureImage `json:"purchase-plan-north-america,omitempty"`
		Emea           *azureImage `json:"purchase-plan-emea,omitempty"`
	} `json:"azure-marketplace,omitempty"`
	AwsMarketplace *awsPlans    `json:"aws-marketplace,omitempty"`
	GcpMarketplace *gcpPlans    `json:"gcp-marketplace,omitempty"`
	Marketplace    *marketplace `json:"marketplace,omitempty"`
}]

type redHat struct {
	AwsWinLI  *regional[image] `json:"aws-winli,omitempty"`
	AzureDisk *struct {
		Release string `json:"release"`
		Url     string `json:"url,omitempty"`
	} `json:"azure-disk,omitempty"`
}

// Images of 2021 have no release. Current readers would write an empty release.
type gcpImage struct {
	Release string `json:"release,omitempty"`
	Project string `json:"project"`
	Family  string `json:"family,omitempty"`
	Name    string `json:"name"`
}

// The content of a marketplace file for one architecture.
type marketplace struct {
	Azure *azurePlans `json:"azure,omitempty"`
	Aws   *awsPlans   `json:"aws,omitempty"`
	Gcp   *gcpPlans   `json:"gcp,omitempty"`
}

type plans[Image any] struct {
	Ocp     *Image `json:"ocp,omitempty"`
	Opp     *Image `json:"opp,omitempty"`
	Oke     *Image `json:"oke,omitempty"`
	OcpEmea *Image `json:"ocp-emea,omitempty"`
	OppEmea *Image `json:"opp-emea,omitempty"`
	OkeEmea *Image `json:"oke-emea,omitempty"`
}

type azurePlans struct {
	NoPurchasePlan *azureImages `json:"no-purchase-plan,omitempty"`
	plans[azureImages]
}

type awsPlans struct {
	plans[regional[image]]
	Rosa *regional[image] `json:"rosa,omitempty"`
}

type gcpPlans struct {
	plans[gcpImage]
}

type azureImages struct {
	Gen1 *azureImage `json:"hyperVGen1,omitempty"`
	Gen2 *azureImage `json:"hyperVGen2,omitempty"`
}

type azureImage struct {
	Publisher string `json:"publisher"`
	Offer     string `json:"offer"`
	Sku       string `json:"sku"`
	Version   string `json:"version"`
}
