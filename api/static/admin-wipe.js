// The page of the developers that empties the databases.

import { node, post } from "/static/api.js";

const form = document.querySelector("form");
const outcome = document.getElementById("outcome");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { message, results } = await post("/api/admin/wipe-database", Object.fromEntries(new FormData(form)));
    outcome.textContent = message;
    const lines = Object.entries(results).map(([table, result]) => node("li", {}, `${table}: ${result}`));
    document.getElementById("results").replaceChildren(...lines);
  } catch (error) {
    outcome.textContent = error.message;
    button.disabled = false;
  }
});
