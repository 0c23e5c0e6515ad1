"""The pocket cloud's answers against the providers' own API descriptions: successes, refusals, rate limits."""

import base64
from dataclasses import dataclass

import pocket
import prism
import pytest
import requests
from pocket import DIGITALOCEAN_TOKEN, LINODE_TOKEN, USER_DATA, eventually

# What the pocket cloud says of a Linode as the real API does, newer than the description or against its letter: times
# without a zone, a null where there was no backup yet, and a host's number that is no UUID in its own example either.
KNOWN = {
    ("format", "created"),
    ("format", "updated"),
    ("format", "host_uuid"),
    ("type", "last_successful"),
    ("additionalProperties", "disk_encryption"),
    ("additionalProperties", "site_type"),
}


@dataclass
class Api:
    """One provider's API, through Prism."""

    name: str
    proxy: str
    direct: str
    token: str

    def call(self, method, path, status, *, token=None, allowed=True, **request):
        """The answer, after it was found to be as described; `allowed` is whether the request is, too."""
        headers = {"Authorization": f"Bearer {token or self.token}", **request.pop("headers", {})}
        answer = requests.request(method, self.proxy + path, headers=headers, timeout=pocket.DEADLINE_SECS, **request)
        assert answer.status_code == status, answer.text
        assert self.unknown(prism.violations(answer, "response")) == []
        assert (prism.violations(answer, "request") == []) == allowed, answer.headers.get("sl-violations")
        assert any(name.lower().endswith("ratelimit-remaining") for name in answer.headers)
        return answer.json() if answer.content else None

    def unknown(self, violations):
        known = KNOWN if self.name == "linode" else set()
        named = lambda message, field: message.rsplit("'", 2)[1] if "found '" in message else field
        return [one for one in violations if (one[1], named(one[2], one[0])) not in known]

    def is_gone(self, path):
        answer = requests.get(self.direct + path, headers={"Authorization": f"Bearer {self.token}"}, timeout=20)
        return answer.status_code == 404


@pytest.fixture(scope="module")
def linode(pocket_cloud):
    with prism.proxying("linode.json", pocket_cloud) as proxy:
        yield Api("linode", proxy, pocket_cloud, LINODE_TOKEN)


@pytest.fixture(scope="module")
def digitalocean(pocket_cloud):
    with prism.proxying("digitalocean.json", pocket_cloud) as proxy:
        yield Api("digitalocean", proxy, pocket_cloud, DIGITALOCEAN_TOKEN)


INSTANCES = "/v4/linode/instances"
DROPLETS = "/v2/droplets"


def new_linode(label, **changes):
    return {
        "label": label,
        "region": "eu-central",
        "type": "g6-nanode-1",
        "image": "linode/debian12",
        "tags": ["brihaspati:demo", f"env:{label}"],
        "root_pass": "correct horse battery",
        "booted": True,
        "metadata": {"user_data": base64.b64encode(USER_DATA.encode()).decode()},
    } | changes


def new_droplet(name, **changes):
    return {
        "name": name,
        "region": "fra1",
        "size": "s-1vcpu-1gb",
        "image": "debian-12-x64",
        "tags": ["brihaspati:demo", f"env:{name}"],
        "user_data": USER_DATA,
        "monitoring": False,
        "ipv6": False,
    } | changes


def test_a_linode_from_its_create_to_its_end(linode):
    created = linode.call("POST", INSTANCES, 200, json=new_linode("contract-1"))
    path = f"{INSTANCES}/{created['id']}"
    assert linode.call("GET", path, 200)["label"] == "contract-1"

    query = {"page": 1, "page_size": 500}
    for wanted in ['{"label": "contract-1"}', '{"tags": "brihaspati:demo"}']:
        listed = linode.call("GET", INSTANCES, 200, params=query, headers={"X-Filter": wanted})
        assert (listed["page"], listed["pages"]) == (1, 1)
        assert [machine["id"] for machine in listed["data"]] == [created["id"]]
    nobody = linode.call("GET", INSTANCES, 200, params=query, headers={"X-Filter": '{"tags": "nobody"}'})
    assert nobody["data"] == []

    assert linode.call("DELETE", path, 200) == {}
    eventually(lambda: linode.is_gone(path), "the machine to be gone")
    linode.call("GET", path, 404)
    linode.call("DELETE", path, 404)


def test_linodes_refusals(linode):
    first = linode.call("POST", INSTANCES, 200, json=new_linode("contract-2"))
    in_use = linode.call("POST", INSTANCES, 400, json=new_linode("contract-2"))
    assert in_use["errors"] == [{"reason": "Label must be unique among your linodes", "field": "label"}]
    for field, value in [("region", "nowhere"), ("type", "g6-unheard-of"), ("image", "linode/nothing")]:
        refused = linode.call("POST", INSTANCES, 400, json=new_linode("contract-3", **{field: value}))
        assert refused["errors"][0]["field"] == field
    linode.call("POST", INSTANCES, 400, json=new_linode("two--hyphens"), allowed=False)
    linode.call("GET", INSTANCES, 401, token="wrong")
    linode.call("POST", INSTANCES, 401, token="wrong", json=new_linode("contract-3"))
    linode.call("DELETE", f"{INSTANCES}/{first['id']}", 200)


def test_a_droplet_from_its_create_to_its_end(digitalocean):
    created = digitalocean.call("POST", DROPLETS, 202, json=new_droplet("contract-1"))["droplet"]
    path = f"{DROPLETS}/{created['id']}"
    assert digitalocean.call("GET", path, 200)["droplet"]["name"] == "contract-1"

    for wanted in [{"name": "contract-1"}, {"tag_name": "brihaspati:demo"}]:
        listed = digitalocean.call("GET", DROPLETS, 200, params={**wanted, "page": 1, "per_page": 200})
        assert [droplet["id"] for droplet in listed["droplets"]] == [created["id"]]
    nobody = digitalocean.call("GET", DROPLETS, 200, params={"tag_name": "nobody", "page": 1, "per_page": 200})
    assert nobody["droplets"] == []

    active = lambda: digitalocean.call("GET", path, 200)["droplet"]["status"] == "active"
    eventually(active, "the droplet to be active")
    digitalocean.call("DELETE", path, 204)
    eventually(lambda: digitalocean.is_gone(path), "the droplet to be gone")
    digitalocean.call("GET", path, 404)
    digitalocean.call("DELETE", path, 404)


def test_droplets_come_in_pages(digitalocean):
    droplets = [digitalocean.call("POST", DROPLETS, 202, json=new_droplet(f"pages-{number}")) for number in range(3)]
    query = {"tag_name": "brihaspati:demo", "per_page": 1}
    first = digitalocean.call("GET", DROPLETS, 200, params={**query, "page": 1})
    assert "page=2" in first["links"]["pages"]["next"] and first["meta"]["total"] == 3
    last = digitalocean.call("GET", DROPLETS, 200, params={**query, "page": 3})
    assert "next" not in last["links"]["pages"]
    for droplet in droplets:
        digitalocean.call("DELETE", f"{DROPLETS}/{droplet['droplet']['id']}", 204)


def test_digitaloceans_refusals(digitalocean):
    for field, value in [("region", "nowhere"), ("size", "s-unheard-of"), ("image", "nothing-1")]:
        digitalocean.call("POST", DROPLETS, 422, json=new_droplet("contract-2", **{field: value}))
    digitalocean.call("POST", DROPLETS, 422, json=new_droplet("under_score"), allowed=False)
    digitalocean.call("GET", DROPLETS, 401, token="wrong")
    digitalocean.call("POST", DROPLETS, 401, token="wrong", json=new_droplet("contract-2"))
    digitalocean.call("GET", f"{DROPLETS}/1", 401, token="wrong")


def test_both_rate_limits():
    """With a pocket cloud of its own, whose limits nobody else waits for."""
    with pocket.running() as server:
        with prism.proxying("linode.json", server) as proxy:
            linode = Api("linode", proxy, server, LINODE_TOKEN)
            for _ in range(20):
                headers = {"Authorization": f"Bearer {LINODE_TOKEN}"}
                assert requests.post(server + INSTANCES, headers=headers, json={}, timeout=20).status_code == 400
            linode.call("POST", INSTANCES, 429, json=new_linode("contract-4"))
        with prism.proxying("digitalocean.json", server) as proxy:
            digitalocean = Api("digitalocean", proxy, server, DIGITALOCEAN_TOKEN)
            for _ in range(250):
                headers = {"Authorization": f"Bearer {DIGITALOCEAN_TOKEN}"}
                assert requests.get(f"{server}{DROPLETS}/1", headers=headers, timeout=20).status_code == 404
            digitalocean.call("GET", DROPLETS, 429)
            digitalocean.call("POST", DROPLETS, 429, json=new_droplet("contract-4"))
