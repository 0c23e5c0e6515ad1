"use strict";

const find = (id) => document.getElementById(id);
const show = (id, shown) => { find(id).hidden = !shown; };

// Browsers may forbid storage to a page that is shown inside another: then the token lasts as long as the page.
const session = {
  token: null,
  load() {
    try { this.token = sessionStorage.getItem("token"); } catch { /* not allowed here */ }
  },
  keep(token) {
    this.token = token;
    try {
      if (token) sessionStorage.setItem("token", token);
      else sessionStorage.removeItem("token");
    } catch { /* not allowed here */ }
  },
};

function say(message) {
  find("message").textContent = message;
  show("message", message !== "");
}

async function call(path, body) {
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: session.token ? { Authorization: `Bearer ${session.token}` } : {},
    body: body && JSON.stringify(body),
  });
  const value = await answer.json();
  if (answer.status === 401 && session.token) {
    session.keep(null);
    showSignIn();
  }
  if (!answer.ok) throw new Error(value.error ?? `The service answered ${answer.status}.`);
  return value;
}

// Attachments are named in a note's text; each becomes a button that opens the file.
function withAttachments(text) {
  return text.split(/\b([\w-]+\.txt)\b/).map((part, index) => {
    if (index % 2 === 0) return part;
    const link = document.createElement("button");
    link.type = "button";
    link.className = "link";
    link.textContent = part;
    link.addEventListener("click", () => attempt(() => openAttachment(part, link)));
    return link;
  });
}

async function openAttachment(name, link) {
  const answer = await fetch(`api/attachments/${encodeURIComponent(name)}`, {
    headers: { Authorization: `Bearer ${session.token}` },
  });
  if (!answer.ok) throw new Error(`There is no attachment ${name}.`);
  const content = document.createElement("pre");
  content.textContent = await answer.text();
  link.closest("li").querySelector("pre")?.remove();
  link.closest("li").append(content);
}

function drawNotes(notes) {
  find("list").replaceChildren(...notes.map((note) => {
    const item = document.createElement("li");
    item.className = "card";
    const title = document.createElement("h2");
    title.textContent = note.title;
    const number = document.createElement("small");
    number.textContent = `#${note.id}`;
    title.append(" ", number);
    const text = document.createElement("p");
    text.append(...withAttachments(String(note.text)));
    item.append(title, text);
    return item;
  }));
  show("empty", notes.length === 0);
}

async function refresh() {
  const search = new FormData(find("search")).get("search");
  drawNotes((await call(`api/notes?search=${encodeURIComponent(search)}`)).notes);
}

function showSignIn() {
  show("sign-in", true);
  show("notes", false);
  show("who", false);
}

async function showNotes() {
  find("name").textContent = (await call("api/me")).name;
  show("sign-in", false);
  show("notes", true);
  show("who", true);
  await refresh();
}

async function attempt(action) {
  say("");
  try {
    await action();
  } catch (error) {
    say(error instanceof TypeError ? "The service does not answer. Is it running?" : error.message);
  }
}

function onSubmit(id, action) {
  find(id).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => action(Object.fromEntries(new FormData(event.target)), event.target));
  });
}

onSubmit("sign-in", async (fields, form) => {
  session.keep((await call("api/login", fields)).token);
  form.reset();
  await showNotes();
});
onSubmit("search", refresh);
onSubmit("write", async (fields, form) => {
  await call("api/notes", fields);
  form.reset();
  await refresh();
});
find("sign-out").addEventListener("click", () => {
  session.keep(null);
  say("");
  showSignIn();
});

session.load();
if (session.token) attempt(showNotes);
else showSignIn();
