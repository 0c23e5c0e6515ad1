"""Files that notes refer to. They lie in the folder attachments/ beside this program."""

import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "attachments")


def read(name):
    """The content of the attachment with this name, or None when there is none."""
    path = os.path.join(FOLDER, name)
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        return file.read()
