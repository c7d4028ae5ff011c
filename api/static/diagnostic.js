// The page that tells what works in this browser, check by check.

import { get, node } from "/static/api.js";

const CHECKS = {
  "The server answers": () => get("/api/health"),
  "Its databases are ready": () => get("/api/ready"),
  "Cookies are kept": async () => {
    const first = await get("/api/csrf-token");
    const second = await get("/api/csrf-token");
    if (first.csrf_token !== second.csrf_token) throw new Error("The browser sends none back.");
  },
};

const list = document.getElementById("checks");
list.replaceChildren(node("li", {}, "JavaScript is loaded: yes"));
for (const [name, check] of Object.entries(CHECKS)) {
  const line = node("li", {}, `${name}: …`);
  list.append(line);
  check().then(
    () => { line.textContent = `${name}: yes`; },
    (error) => { line.textContent = `${name}: no. ${error.message}`; },
  );
}
