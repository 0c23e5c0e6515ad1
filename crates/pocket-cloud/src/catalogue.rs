//! What is for sale: regions, sizes and images of both providers, a small part of the real lists.
//!
//! Identifiers, specifications and prices as the providers' public price lists had them in 2025.

/// A region of either provider.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// ISO 3166-1, lower case.
    pub(crate) country: &'static str,
}

/// A type (Linode) or size (DigitalOcean). Memory and disk in MiB, transfer in GB, prices in US dollars.
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// Linode's class, DigitalOcean's description.
    pub(crate) class: &'static str,
    pub(crate) memory: u32,
    pub(crate) disk: u32,
    pub(crate) vcpus: u32,
    pub(crate) transfer: u32,
    pub(crate) hourly: f64,
    pub(crate) monthly: f64,
}

#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) id: &'static str,
    /// DigitalOcean's numeric id; not used at Linode.
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    pub(crate) vendor: &'static str,
}

const fn region(id: &'static str, name: &'static str, country: &'static str) -> Region {
    Region { id, name, country }
}

const fn image(id: &'static str, number: u64, name: &'static str, vendor: &'static str) -> Image {
    Image { id, number, name, vendor }
}

pub(crate) const LINODE_REGIONS: [Region; 11] = [
    region("us-east", "Newark, NJ", "us"),
    region("us-central", "Dallas, TX", "us"),
    region("us-west", "Fremont, CA", "us"),
    region("us-ord", "Chicago, IL", "us"),
    region("eu-west", "London, UK", "gb"),
    region("eu-central", "Frankfurt, DE", "de"),
    region("ap-west", "Mumbai, IN", "in"),
    region("in-maa", "Chennai, IN", "in"),
    region("ap-south", "Singapore, SG", "sg"),
    region("br-gru", "Sao Paulo, BR", "br"),
    region("id-cgk", "Jakarta, ID", "id"),
];

/// Where Linode's types cost more than elsewhere: the region, and the price in percent of the usual one.
pub(crate) const LINODE_DEARER_REGIONS: [(&str, f64); 2] = [("br-gru", 140.0), ("id-cgk", 120.0)];

pub(crate) const LINODE_TYPES: [Size; 5] = [
    linode_type("g6-nanode-1", "Nanode 1GB", "nanode", [1024, 25_600, 1, 1000], 0.0075, 5.0),
    linode_type("g6-standard-1", "Linode 2GB", "standard", [2048, 51_200, 1, 2000], 0.018, 12.0),
    linode_type("g6-standard-2", "Linode 4GB", "standard", [4096, 81_920, 2, 4000], 0.036, 24.0),
    linode_type("g6-standard-4", "Linode 8GB", "standard", [8192, 163_840, 4, 5000], 0.072, 48.0),
    linode_type("g6-dedicated-2", "Dedicated 4GB", "dedicated", [4096, 81_920, 2, 4000], 0.054, 36.0),
];

pub(crate) const LINODE_IMAGES: [Image; 4] = [
    image("linode/debian11", 0, "Debian 11", "Debian"),
    image("linode/debian12", 0, "Debian 12", "Debian"),
    image("linode/ubuntu22.04", 0, "Ubuntu 22.04 LTS", "Ubuntu"),
    image("linode/ubuntu24.04", 0, "Ubuntu 24.04 LTS", "Ubuntu"),
];

pub(crate) const DIGITALOCEAN_REGIONS: [Region; 9] = [
    region("nyc1", "New York 1", "us"),
    region("nyc3", "New York 3", "us"),
    region("sfo3", "San Francisco 3", "us"),
    region("ams3", "Amsterdam 3", "nl"),
    region("fra1", "Frankfurt 1", "de"),
    region("lon1", "London 1", "gb"),
    region("blr1", "Bangalore 1", "in"),
    region("sgp1", "Singapore 1", "sg"),
    region("syd1", "Sydney 1", "au"),
];

pub(crate) const DIGITALOCEAN_SIZES: [Size; 6] = [
    droplet_size("s-1vcpu-512mb-10gb", [512, 10, 1, 500], 0.00595, 4.0),
    droplet_size("s-1vcpu-1gb", [1024, 25, 1, 1000], 0.00893, 6.0),
    droplet_size("s-1vcpu-2gb", [2048, 50, 1, 2000], 0.01786, 12.0),
    droplet_size("s-2vcpu-2gb", [2048, 60, 2, 3000], 0.02679, 18.0),
    droplet_size("s-2vcpu-4gb", [4096, 80, 2, 4000], 0.03571, 24.0),
    droplet_size("s-4vcpu-8gb", [8192, 160, 4, 5000], 0.07143, 48.0),
];

pub(crate) const DIGITALOCEAN_IMAGES: [Image; 4] = [
    image("debian-11-x64", 165_611_110, "11 x64", "Debian"),
    image("debian-12-x64", 165_611_111, "12 x64", "Debian"),
    image("ubuntu-22-04-x64", 165_611_112, "22.04 (LTS) x64", "Ubuntu"),
    image("ubuntu-24-04-x64", 165_611_113, "24.04 (LTS) x64", "Ubuntu"),
];

const fn linode_type(
    id: &'static str,
    name: &'static str,
    class: &'static str,
    [memory, disk, vcpus, transfer]: [u32; 4],
    hourly: f64,
    monthly: f64,
) -> Size {
    Size { id, name, class, memory, disk, vcpus, transfer, hourly, monthly }
}

/// Disk in GiB, as DigitalOcean writes it.
const fn droplet_size(id: &'static str, [memory, disk, vcpus, transfer]: [u32; 4], hourly: f64, monthly: f64) -> Size {
    Size { id, name: id, class: "Basic", memory, disk: disk * 1024, vcpus, transfer, hourly, monthly }
}
