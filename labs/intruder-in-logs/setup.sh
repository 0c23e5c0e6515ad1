#!/usr/bin/env bash
# Writes one day of web-01's logs into ~/logs: the same lines on every machine. Does nothing when they exist.
set -euo pipefail
: "${LAB_HOME:?}" "${LAB_USER:?}"

[ ! -e "$LAB_HOME/logs" ] || exit 0
workshop=$(mktemp -d "$LAB_HOME/.setup.XXXXXX")
trap 'rm -rf "$workshop"' EXIT
mkdir "$workshop/logs"

python3 - "$workshop/logs" <<'PYTHON'
import random
import sys
from datetime import datetime, timedelta, timezone

DAY = datetime(2026, 3, 9, tzinfo=timezone.utc)
random_number = random.Random(20260309).random  # the same sequence in every version of Python
auth, access = [], []


def upto(limit):
    return int(random_number() * limit)


def pick(choices):
    return choices[upto(len(choices))]


def clock(text):
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def sshd(second, text, address, process=None):
    process = process or 2000 + upto(60000)
    auth.append((second, f"sshd[{process}]: {text} from {address} port {30000 + upto(30000)} ssh2"))
    return process


def session(second, user, minutes, process):
    auth.append((second, f"sshd[{process}]: pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)"))
    closed = second + minutes * 60
    auth.append((closed, f"sshd[{process}]: pam_unix(sshd:session): session closed for user {user}"))


def sudo(second, user, command):
    auth.append((second, f"sudo:   {user} : TTY=pts/1 ; PWD=/home/{user} ; USER=root ; COMMAND={command}"))


def get(second, address, path, status, size, agent, method="GET", referer="-"):
    time = (DAY + timedelta(seconds=second)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    line = f'{address} - - [{time}] "{method} {path} HTTP/1.1" {status} {size} "{referer}" "{agent}"'
    access.append((second, line))


# The internet's background noise: scanners that try a few names or many, and never get in.
NAMES = "root admin test ubuntu oracle postgres git ftp user guest pi hadoop jenkins backup deploy www".split()
KNOWN = {"root", "backup", "deploy", "git"}
scanners = [f"{net}.{host}" for net in ("198.51.100", "203.0.113", "192.0.2") for host in range(9, 250, 17)]
for number, scanner in enumerate(scanners):
    start, pause = upto(70000), 2 + upto(40)
    for attempt in range(420 if number == 7 else 4 + upto(70)):
        name = pick(NAMES)
        account = name if name in KNOWN else f"invalid user {name}"
        second = start + attempt * pause + upto(pause)
        if second < 86400:
            sshd(second, f"Failed password for {account}", scanner)

# The staff: keys mostly, and now and then a password that takes two tries. The backup job comes every hour.
for hour in range(24):
    process = sshd(hour * 3600 + 300, "Accepted publickey for backup", "10.20.0.5")
    session(hour * 3600 + 300, "backup", 2, process)
for _ in range(46):
    second = clock("07:10:00") + upto(clock("11:00:00"))
    user, address = pick([("ada", "10.20.0.21"), ("ada", "10.20.0.22"), ("deploy", "10.20.0.9"), ("operator", "10.20.0.31")])
    if user == "operator":
        for attempt in range(upto(4)):
            sshd(second - 20 + attempt * 5, "Failed password for operator", address)
        process = sshd(second, "Accepted password for operator", address)
        sudo(second + 60 + upto(300), "operator", pick(["/usr/bin/systemctl status nginx", "/usr/bin/apt-get update",
                                                       "/usr/bin/journalctl -u shop", "/usr/sbin/nginx -t"]))
    else:
        process = sshd(second, f"Accepted publickey for {user}", address)
    session(second, user, 1 + upto(50), process)

# The shop's ordinary day.
BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
]
PAGES = ["/", "/products", "/cart", "/checkout", "/assets/shop.css", "/assets/shop.js", "/assets/logo.svg", "/search?q=lamp",
         "/search?q=chair", "/login", "/account", "/api/stock"]
for _ in range(950):
    address = f"{pick(['198.51.100', '203.0.113', '192.0.2'])}.{1 + upto(253)}"
    agent = pick(BROWSERS)
    second = int(86000 * (random_number() + random_number()) / 2)
    for _ in range(2 + upto(9)):
        page = pick(PAGES + [f"/products/{100 + upto(80)}"] * 6)
        get(second, address, page, 200 if upto(40) else 404, 300 + upto(42000), agent, referer="https://shop.example/")
        second += 1 + upto(45)
for _ in range(60):
    scanner, second = pick(scanners), upto(86000)
    for path in ("/wp-login.php", "/.env", "/phpmyadmin/", "/assets/thumb.php", "/cgi-bin/luci"):
        get(second, scanner, path, 404, 162, "Mozilla/5.0 zgrab/0.x")
        second += 1 + upto(3)

# The intruder. First a look at the shop, then patience, then the account that nobody uses by password.
first, second_address = "203.0.113.87", "192.0.2.144"
access[:] = [entry for entry in access if not entry[1].startswith((first + " ", second_address + " "))]
for offset, path in ((0, "/"), (9, "/robots.txt"), (31, "/login"), (58, "/.git/config"), (63, "/backup/")):
    get(clock("01:47:09") + offset, first, path, 200 if path in ("/", "/login") else 404, 512 + 7 * offset, "python-requests/2.31.0")
for attempt in range(38):
    name = pick(["backup", "deploy", "invalid user oracle", "invalid user postgres", "root"])
    sshd(clock("02:09:14") + attempt * 66 + upto(30), f"Failed password for {name}", first)
process = sshd(clock("02:51:36"), "Accepted password for backup", first)
session(clock("02:51:36"), "backup", 19, process)
sudo(clock("02:53:02"), "backup", "/usr/bin/id")
sudo(clock("02:55:47"), "backup", "/usr/sbin/useradd -m -s /bin/bash -G sudo syslogd")
auth.append((clock("02:55:47"), "useradd[40117]: new group: name=syslogd, GID=1007"))
auth.append((clock("02:55:47"), "useradd[40117]: new user: name=syslogd, UID=1007, GID=1007, home=/home/syslogd, shell=/bin/bash"))
auth.append((clock("02:56:20"), "passwd[40131]: pam_unix(passwd:chauthtok): password changed for syslogd"))
process = sshd(clock("13:20:51"), "Accepted password for syslogd", second_address)
session(clock("13:20:51"), "syslogd", 6, process)
sudo(clock("13:23:18"), "syslogd", "/usr/bin/install -m 644 /tmp/t /srv/shop/assets/thumb.php")
shell = "/assets/thumb.php"
loot = [("?c=id", 54), ("?c=ls+/srv", 131), ("?c=cat+/srv/shop/config.php", 1874)]
loot += [(f"?f=/srv/backups/customers-{part}.sql.gz", 4_000_000 + upto(900_000)) for part in range(1, 8)]
for number, (query, size) in enumerate(loot):
    get(clock("13:31:05") + number * 47, second_address, shell + query, 200, size, BROWSERS[2])
get(clock("13:41:30"), second_address, "/products", 200, 18233, BROWSERS[2])

for name, entries in (("auth.log", auth), ("access.log", access)):
    with open(f"{sys.argv[1]}/{name}", "w") as log:
        for second, text in sorted(entries, key=lambda entry: entry[0]):
            if name == "auth.log":
                time = (DAY + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
                text = f"{time} web-01 {text}"
            log.write(text + "\n")
PYTHON

[ "$(id -u)" -ne 0 ] || chown -R "$LAB_USER:" "$workshop/logs"
mv "$workshop/logs" "$LAB_HOME/logs"
