"use strict";
// Does what the CloudWatch console does with a custom widget: it calls the widget's function, shows the answer, which the
// server has sanitized, and honours <cwdb-action>. The address has the settings, the refresh in seconds: ?user=operator&theme=dark&refresh=5

const element = (id) => document.getElementById(id);
const settings = { user: "viewer", theme: "light", refresh: "5", ...Object.fromEntries(new URLSearchParams(location.search)) };
const widgets = new Map(); // by the id of the widget: its layout, the element with its content, and the actions taken

async function fetchJson(url, request) {
  const body = request && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request) };
  return (await fetch(url, body)).json();
}

// The fields of every form within the widget, as `widgetContext.forms.all` has them.
function formsOf(content) {
  const fields = [...content.querySelectorAll("input[name], select[name], textarea[name]")];
  const sent = fields.filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked);
  return { all: Object.fromEntries(sent.map((field) => [field.name, field.value])) };
}

function contextOf(content) {
  const minutes = -new Date().getTimezoneOffset();
  const iso = `${minutes < 0 ? "-" : "+"}${new Date(Math.abs(minutes) * 60000).toISOString().slice(11, 16)}`;
  return {
    theme: settings.theme,
    width: content.clientWidth,
    height: content.clientHeight,
    locale: "en",
    timezone: { label: minutes ? "Local" : "UTC", offsetISO: iso, offsetInMinutes: minutes },
    forms: formsOf(content),
  };
}

function show(place, answer) {
  if (answer.error) {
    const error = Object.assign(document.createElement("p"), { className: "error", textContent: answer.error });
    place.replaceChildren(error);
  } else if (place.shown !== answer.html) {
    place.innerHTML = answer.html;
  }
  place.shown = answer.error ? undefined : answer.html;
}

// Calls the widget's function, or that of an action, with the content of the widget's forms.
async function call(widget, endpoint, payload) {
  const request = { user: settings.user, widget: widget.id, endpoint, payload, context: contextOf(widget.content) };
  return fetchJson("call", request).catch((error) => ({ error: `The sandbox does not answer: ${error}` }));
}

function showIn(widget, place, answer) {
  show(place, answer);
  for (const action of place.querySelectorAll("cwdb-action")) attach(widget, action);
  widget.content.dataset.answers = Number(widget.content.dataset.answers ?? 0) + 1;
}

function showPopup(widget, answer) {
  showIn(widget, element("popup").querySelector(".content"), answer);
  if (!element("popup").open) element("popup").showModal();
}

// <cwdb-action> defines what happens on the element before it.
function attach(widget, action) {
  const owner = action.previousElementSibling;
  if (!owner || action.isAttached) return;
  action.isAttached = true;
  owner.addEventListener(action.getAttribute("event") ?? "click", async (event) => {
    event.preventDefault();
    const message = action.getAttribute("confirmation");
    if (message && !(await isConfirmed(message))) return;
    const display = action.getAttribute("display") ?? "widget";
    if (action.getAttribute("action") === "call") callAction(widget, action, display);
    else if (display === "popup") showPopup(widget, { html: action.innerHTML });
    else showIn(widget, widget.content, { html: action.innerHTML });
  });
}

async function callAction(widget, action, display) {
  try {
    const payload = JSON.parse(action.textContent.trim() || "{}");
    widget.actions += 1;
    element("popup").close();
    const answer = await call(widget, action.getAttribute("endpoint"), payload);
    if (display === "popup") showPopup(widget, answer);
    else showIn(widget, widget.content, answer);
  } catch (error) {
    showPopup(widget, { error: `The content of cwdb-action is not JSON: ${error.message}` });
  } finally {
    widget.actionsAnswered = widget.actions;
  }
}

function isConfirmed(message) {
  const dialog = element("confirmation");
  dialog.querySelector("p").textContent = message;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "confirm");
  });
}

// A refresh replaces no field with the focus or with a new text, and nothing that an action is about to replace.
function isInUse(widget) {
  const isTyping = widget.content.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  return isTyping || widget.actionsAnswered !== widget.actions || document.querySelector("dialog[open]") !== null;
}

function layOut(layout) {
  const { x, y, width, height } = layout.box;
  const section = document.createElement("section");
  section.className = `widget ${layout.type}`;
  section.id = layout.id;
  section.style.gridArea = `${y + 1} / ${x + 1} / span ${height} / span ${width}`;
  section.append(Object.assign(document.createElement("h2"), { textContent: layout.title }));
  const content = Object.assign(document.createElement("div"), { className: "content" });
  section.append(content);
  element("widgets").append(section);
  if (layout.type === "custom") widgets.set(layout.id, { ...layout, content, actions: 0, actionsAnswered: 0 });
  else if (layout.type === "text") content.innerHTML = layout.html;
  else content.append(placeholder(layout.type));
}

function placeholder(type) {
  const text = `CloudWatch draws this ${type} widget; the sandbox does not.`;
  return Object.assign(document.createElement("p"), { className: "placeholder", textContent: text });
}

async function refreshWidget(widget) {
  if (isInUse(widget)) return;
  const state = () => JSON.stringify([widget.actions, formsOf(widget.content)]);
  const before = state();
  const answer = await call(widget);
  if (before === state() && !isInUse(widget)) showIn(widget, widget.content, answer);
}

async function refresh() {
  const user = settings.user;
  await Promise.all([...widgets.values()].map(refreshWidget));
  element("status").textContent = `seen as ${user} at ${new Date().toLocaleTimeString("en-GB")}`;
}

async function refreshForEver() {
  await refresh();
  setTimeout(refreshForEver, settings.refresh * 1000);
}

async function load() {
  document.documentElement.dataset.theme = settings.theme;
  element("theme").textContent = settings.theme === "dark" ? "Light theme" : "Dark theme";
  history.replaceState(null, "", `?${new URLSearchParams(settings)}`);
  const dashboard = await fetchJson(`dashboard?user=${encodeURIComponent(settings.user)}`);
  element("widgets").replaceChildren();
  widgets.clear();
  if (dashboard.error) return show(element("widgets"), dashboard);
  element("name").textContent = dashboard.name;
  element("user").replaceChildren(...dashboard.users.map((user) => new Option(user, user, false, user === settings.user)));
  return dashboard.widgets.forEach(layOut);
}

async function change(name, value) {
  settings[name] = value;
  await load();
  return refresh();
}

element("user").addEventListener("change", (event) => change("user", event.target.value));
element("theme").addEventListener("click", () => change("theme", settings.theme === "dark" ? "light" : "dark"));
element("popup").querySelector("button").addEventListener("click", () => element("popup").close());
for (const button of element("confirmation").querySelectorAll("button"))
  button.addEventListener("click", () => element("confirmation").close(button.value));
document.addEventListener("submit", (event) => event.preventDefault());
load().then(refreshForEver);
