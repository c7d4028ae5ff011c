// The root page: logging in and out, a patient's day, a clinician's patients.

import { get, node, post } from "/static/api.js";

const VIEWS = { user: "day", clinician: "patients", developer: "developer" };
const TASKS = {
  log_mood: "Log your mood",
  practice_gratitude: "Note what you are grateful for",
  check_pet: "Look after your pet",
  breathing_exercise: "Do a breathing exercise",
  therapy_session: "Talk in a therapy session",
  read_resource: "Read something helpful",
};
const NEEDS = ["hunger", "happiness", "energy", "hygiene"];

const byId = (id) => document.getElementById(id);
const failure = byId("failure");
let view = 0; // counts the views shown: what was asked for an earlier one comes too late

// Who is logged in; the session itself is in a cookie that no script can read.

const remembered = () => JSON.parse(sessionStorage.getItem("who") || "null");
const remember = (who) => sessionStorage.setItem("who", JSON.stringify(who));
const forget = () => sessionStorage.removeItem("who");

async function start() {
  const who = remembered();
  if (!who) return showLogin();
  try {
    await post("/api/validate-session", who);
    showWork(who);
  } catch (error) {
    if (error.status) forget();
    showLogin(error.status === 401 ? "Your session has ended. Log in again." : error.message);
  }
}

async function logIn(form) {
  const { username, role } = await post("/api/auth/login", Object.fromEntries(new FormData(form)));
  remember({ username, role });
  form.reset();
  showWork({ username, role });
}

async function logOut() {
  await post("/api/auth/logout");
  forget();
  showLogin();
}

// Views

function show(id) {
  view += 1;
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== id;
  byId(id).querySelector("h1").focus();
}

function showLogin(message = "") {
  failure.textContent = message;
  byId("who").hidden = byId("logout").hidden = true;
  for (const place of document.querySelectorAll("article > div")) place.replaceChildren();
  show("login");
}

function showWork({ username, role }) {
  failure.textContent = "";
  byId("who").textContent = username;
  byId("who").hidden = byId("logout").hidden = false;
  show(VIEWS[role]);
  if (role === "user") showDay();
  if (role === "clinician") fill("list", "/api/professional/patients", patients);
}

function showDay() {
  fill("mood", "/api/mood/history?limit=1", mood);
  fill("tasks", "/api/home/data", tasks);
  fill("streak", "/api/daily-tasks/streak", streak);
  fill("pet", "/api/pet/status", pet);
}

// Fills a card with what a route answers; a card that fails says so and leaves the others alone.
async function fill(id, path, render) {
  const asked = view;
  const card = byId(id);
  const place = card.querySelector("div");
  card.setAttribute("aria-busy", "true");
  place.replaceChildren(node("p", { class: "faint" }, "Loading …"));
  try {
    const answer = await get(path);
    if (asked === view) place.replaceChildren(...render(answer));
  } catch (error) {
    if (asked !== view) return;
    if (error.status === 401) {
      forget();
      showLogin("Your session has ended. Log in again.");
    } else {
      place.replaceChildren(node("p", { class: "failure", role: "alert" }, `This cannot be shown. ${error.message}`));
    }
  }
  card.removeAttribute("aria-busy");
}

// Cards

function mood({ logs: [latest] }) {
  if (!latest) return [node("p", { class: "figure" }, "–"), faint("You have not logged a mood yet.")];
  const isToday = when(latest.timestamp) === dayOf(new Date());
  return [
    node("p", { class: "figure" }, `${latest.mood_val} of 10`),
    faint(isToday ? "Logged today." : `Not logged today. This is from ${when(latest.timestamp)}.`),
  ];
}

function tasks({ daily_tasks }) {
  const done = new Set(daily_tasks.map((task) => task.task_type));
  const items = Object.entries(TASKS).map(([task, label]) =>
    done.has(task)
      ? node("li", { class: "done" }, label, node("span", { class: "unseen" }, " (done)"))
      : node("li", {}, label, node("span", { class: "unseen" }, " (to do)")),
  );
  const count = Object.keys(TASKS).filter((task) => done.has(task)).length;
  return [node("p", { class: "faint" }, `${count} of ${items.length} done`), node("ul", { class: "tasks" }, ...items)];
}

function streak({ current_streak, longest_streak, total_bonus_coins }) {
  return [
    node("p", { class: "figure" }, days(current_streak)),
    faint(`in a row with all tasks done; the longest was ${days(longest_streak)}.`),
    faint(`${total_bonus_coins} coins earned by it.`),
  ];
}

function pet(answer) {
  if (!answer.exists) return [faint("You have no pet yet.")];
  const found = answer.pet;
  const needs = NEEDS.flatMap((need) => [
    node("dt", {}, need),
    node("dd", {}, node("meter", { min: 0, max: 100, low: 30, value: found[need], "aria-label": need }, `${found[need]} of 100`)),
  ]);
  return [
    node("p", { class: "figure" }, found.name),
    faint(`${found.stage} · ${found.coins} coins · ${found.xp} xp`),
    node("dl", {}, ...needs),
  ];
}

function patients({ patients: people }) {
  if (!people.length) return [faint("No patient has been approved yet.")];
  const columns = ["Patient", "Mood (7 days)", "Alerts (7 days)", "Latest assessment", "Last login"];
  const rows = people.map((person) => row(columns, [
    person.username,
    person.avg_mood_7d ? `${person.avg_mood_7d} of 10` : "–",
    `${person.alert_count_7d}`,
    assessment(person.latest_assessment),
    when(person.last_login),
  ]));
  const head = node("tr", {}, ...columns.map((column) => node("th", { scope: "col" }, column)));
  return [node("table", {}, node("thead", {}, head), node("tbody", {}, ...rows))];
}

function row(columns, [name, ...texts]) {
  const cells = texts.map((text, number) => node("td", { "data-column": columns[number + 1] }, text));
  return node("tr", {}, node("th", { scope: "row" }, name), ...cells);
}

// Words

const faint = (text) => node("p", { class: "faint" }, text);
const days = (count) => (count === 1 ? "1 day" : `${count} days`);
const assessment = (found) => (found ? `${found.name} ${found.score} (${found.severity}), ${when(found.date)}` : "–");

const dayOf = (date) => date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
// Answers spell moments in UTC, without saying so: 2026-02-04 10:30:00.
const when = (text) => (text ? dayOf(new Date(`${text.replace(" ", "T")}Z`)) : "–");

// One thing at a time: while it runs its button is off, and what fails is said in words.
async function attempt(button, action) {
  button.disabled = true;
  failure.textContent = "";
  try {
    await action();
  } catch (error) {
    failure.textContent = error.message;
  }
  button.disabled = false;
}

const form = byId("login").querySelector("form");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(form.querySelector("button"), () => logIn(form));
});
byId("logout").addEventListener("click", (event) => attempt(event.currentTarget, logOut));
start();
