"""A class from nothing to nothing by the command line alone."""

from people.browser import Browser
from people.classroom import AT_WORK, PASSWORD

TRAINEES = ["lin", "mira", "noor"]
END_SECS = 90


def test_an_instructor_runs_a_class_by_the_command_line_and_deletes_it_with_a_receipt(installation, classroom):
    codes = classroom.open("intruder-in-logs", TRAINEES, "--provider", "digitalocean")
    run = classroom.instructor

    preview = run.json("room", "start", "--all", "--lab", "intruder-in-logs", "--preview")
    assert [result["outcome"] for result in preview["results"]] == ["would-do"] * 3
    run.done("room", "start", "--all", "--lab", "intruder-in-logs", "--yes")
    classroom.wait_for(AT_WORK, 3)
    run.done("room", "message", "--all", "Back at two")

    lin = Browser(installation.url)
    lin.redeem(classroom.code, "lin", codes["lin"], PASSWORD)
    (mine,) = lin.get("/environments")["environments"]
    (message,) = lin.get(f"/environments/{mine['id']}")["messages"]
    assert message["text"] == "Back at two"

    run.done("room", "stop", "--all", "--yes")
    classroom.wait_for({"ended"}, 3, END_SECS)
    totals = run.json("class", "usage")["totals"]
    assert (totals["people"], totals["starts"]) == (3, 3)
    run.done("class", "receipts", "--csv", "-o", "receipts.csv")
    receipts = (run.home / "receipts.csv").read_text().splitlines()[1:]
    assert len(receipts) == 3 and all("answered 404" in receipt for receipt in receipts), receipts

    run.done("class", "archive")
    deletion = run.json("class", "delete", "--yes")
    assert deletion["verified_absent"] is True and deletion["machines"]["total"] == 3, deletion
    not_found = 4
    assert run.run("class", "show").returncode == not_found
