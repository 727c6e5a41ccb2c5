// Words come from the page, in its language: <body data-text-offline="… %(time)s …">.
export function text(name, values = {}) {
  const words = document.body.dataset[`text${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  return words.replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

export function clock(at = new Date()) {
  return at.toLocaleTimeString(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function token() {
  return document.body.getAttribute("hx-headers:inherited")?.match(/"X-CSRFToken":\s*"([^"]*)"/)?.[1] ?? "";
}
