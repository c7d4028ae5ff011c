// Requests to the API: JSON in and out, the CSRF token of the session, failures in words.

export class Failure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export const get = (path) => send("GET", path);

export async function post(path, body = {}) {
  // Asked for each time, since logging in changes the token.
  const { csrf_token } = await get("/api/csrf-token");
  return send("POST", path, body, { "X-CSRF-Token": csrf_token });
}

async function send(method, path, body, headers = {}) {
  const request = { method, headers };
  if (body) {
    request.headers = { ...headers, "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Failure("The server cannot be reached. Check your connection and try again.", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Failure(answer.error || `The server answered ${response.status}.`, response.status);
  }
  return answer;
}

// Makes an element: node("li", { class: "done" }, "text or further nodes").
export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
