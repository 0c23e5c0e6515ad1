"""The pocket cloud as the providers' own Python clients see it: they must not be able to tell."""

import pytest
from azure.core.exceptions import HttpResponseError
from linode_api4 import ApiError, Instance, LinodeClient
from pocket import DIGITALOCEAN_TOKEN, LINODE_TOKEN, USER_DATA, eventually
from pydo import Client


@pytest.fixture
def linode(pocket_cloud):
    return LinodeClient(LINODE_TOKEN, base_url=f"{pocket_cloud}/v4", retry=False)


@pytest.fixture
def digitalocean(pocket_cloud):
    """pydo takes `enforce_https` with each call."""
    return Client(DIGITALOCEAN_TOKEN, endpoint=pocket_cloud)


def create_linode(client, label):
    return client.linode.instance_create(
        "g6-nanode-1",
        "eu-central",
        image="linode/debian12",
        root_pass="correct horse battery",
        label=label,
        tags=["brihaspati", f"env:{label}"],
        metadata=client.linode.build_instance_metadata(user_data=USER_DATA),
    )


def linode_is_gone(client, machine_id):
    try:
        client.load(Instance, machine_id)
    except ApiError as error:
        return error.status == 404
    return False


def test_a_linode_is_created_listed_by_tag_read_and_deleted(linode):
    created = create_linode(linode, "client-a-1")
    assert created.ipv4[0].startswith("127.")
    assert created.has_user_data

    tagged = linode.linode.instances(Instance.tags == "env:client-a-1")
    assert [machine.id for machine in tagged] == [created.id]
    by_both = linode.linode.instances((Instance.label == "client-a-1") & (Instance.region == "eu-central"))
    assert [machine.id for machine in by_both] == [created.id]
    by_part = linode.linode.instances(Instance.label.contains("client-a"))
    assert [machine.id for machine in by_part] == [created.id]
    assert list(linode.linode.instances(Instance.tags == "nobody")) == []

    eventually(lambda: linode.load(Instance, created.id).status == "running", "the machine to run")
    assert created.delete()
    eventually(lambda: linode_is_gone(linode, created.id), "the machine to be gone")


def test_linode_refuses_a_label_in_use_and_says_so(linode):
    first = create_linode(linode, "client-twin")
    with pytest.raises(ApiError) as refusal:
        create_linode(linode, "client-twin")
    assert refusal.value.status == 400
    assert "Label must be unique among your linodes" in str(refusal.value)
    first.delete()


def test_linode_lists_types_regions_images_and_the_account(linode):
    assert any(size.id == "g6-nanode-1" and size.price.hourly > 0 for size in linode.linode.types())
    assert any(region.id == "eu-central" for region in linode.regions())
    assert any(image.id == "linode/debian12" for image in linode.images())
    assert linode.account().email
    assert linode.profile().username


def test_linode_pages_are_followed_to_the_end(linode):
    machines = [create_linode(linode, f"client-page-{number}") for number in range(3)]
    linode.page_size = 25
    listed = {machine.id for machine in linode.linode.instances(Instance.tags == "brihaspati")}
    assert {machine.id for machine in machines} <= listed
    for machine in machines:
        machine.delete()


def test_linode_refuses_a_wrong_token(pocket_cloud):
    stranger = LinodeClient("wrong", base_url=f"{pocket_cloud}/v4", retry=False)
    with pytest.raises(ApiError) as refusal:
        list(stranger.linode.instances())
    assert refusal.value.status == 401


def create_droplet(client, name):
    body = {
        "name": name,
        "region": "fra1",
        "size": "s-1vcpu-1gb",
        "image": "debian-12-x64",
        "tags": ["brihaspati", f"env:{name}"],
        "user_data": USER_DATA,
    }
    return client.droplets.create(body=body, enforce_https=False)["droplet"]


def droplet_is_gone(client, droplet_id):
    answer = None
    try:
        answer = client.droplets.get(droplet_id, enforce_https=False)
    except HttpResponseError as error:
        return error.status_code == 404
    # pydo hands a documented 404 back as its body.
    return answer.get("id") == "not_found"


def test_a_droplet_is_created_listed_by_tag_read_and_deleted(digitalocean):
    created = create_droplet(digitalocean, "client-a-1")
    assert created["status"] == "new"
    assert created["networks"]["v4"] == []

    listed = digitalocean.droplets.list(tag_name="env:client-a-1", enforce_https=False)
    assert [droplet["id"] for droplet in listed["droplets"]] == [created["id"]]
    assert listed["meta"]["total"] == 1

    def active():
        droplet = digitalocean.droplets.get(created["id"], enforce_https=False)["droplet"]
        return droplet if droplet["status"] == "active" else None

    droplet = eventually(active, "the droplet to be active")
    assert droplet["networks"]["v4"][0]["ip_address"].startswith("127.")

    digitalocean.droplets.destroy(created["id"], enforce_https=False)
    eventually(lambda: droplet_is_gone(digitalocean, created["id"]), "the droplet to be gone")


def test_droplets_are_deleted_by_tag(digitalocean):
    droplets = [create_droplet(digitalocean, f"client-tag-{number}") for number in range(2)]
    for droplet in droplets:
        digitalocean.droplets.destroy_by_tag(tag_name=f"env:{droplet['name']}", enforce_https=False)
    for droplet in droplets:
        eventually(lambda: droplet_is_gone(digitalocean, droplet["id"]), "the droplet to be gone")


def test_digitalocean_lists_sizes_regions_images_and_the_account(digitalocean):
    sizes = digitalocean.sizes.list(enforce_https=False)["sizes"]
    assert any(size["slug"] == "s-1vcpu-1gb" and size["price_hourly"] > 0 for size in sizes)
    regions = digitalocean.regions.list(enforce_https=False)["regions"]
    assert any(region["slug"] == "fra1" for region in regions)
    images = digitalocean.images.list(enforce_https=False)["images"]
    assert any(image["slug"] == "debian-12-x64" for image in images)
    assert digitalocean.account.get(enforce_https=False)["account"]["status"] == "active"


def test_digitalocean_firewalls_are_attached_by_tag(digitalocean):
    digitalocean.tags.create(body={"name": "client-firewall"}, enforce_https=False)
    rule = {"protocol": "tcp", "ports": "443", "sources": {"addresses": ["0.0.0.0/0"]}}
    body = {"name": "client-firewall", "inbound_rules": [rule], "tags": ["client-firewall"]}
    firewall = digitalocean.firewalls.create(body=body, enforce_https=False)["firewall"]
    assert firewall["tags"] == ["client-firewall"]
    listed = digitalocean.firewalls.list(enforce_https=False)["firewalls"]
    assert firewall["id"] in [known["id"] for known in listed]
    digitalocean.firewalls.delete(firewall["id"], enforce_https=False)


def test_digitalocean_refuses_a_wrong_token(pocket_cloud):
    stranger = Client("wrong", endpoint=pocket_cloud)
    try:
        answer = stranger.droplets.list(enforce_https=False)
    except HttpResponseError as error:
        assert error.status_code == 401
    else:
        assert answer["id"] == "unauthorized"
