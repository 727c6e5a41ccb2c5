// Forms that need a passkey: the browser makes one (data-passkey="create") or signs with one ("get"), then the form is sent with the answer.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

async function make({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), user: { ...publicKey.user, id: bytes(publicKey.user.id) } };
  const made = await navigator.credentials.create({ publicKey: { ...options, excludeCredentials: known(publicKey.excludeCredentials) } });
  const { clientDataJSON, attestationObject } = made.response;
  return { ...named(made), response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } };
}

async function sign({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) };
  const signed = await navigator.credentials.get({ publicKey: options });
  const { clientDataJSON, authenticatorData, signature, userHandle } = signed.response;
  const response = { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature) };
  return { ...named(signed), response: { ...response, userHandle: userHandle ? text(userHandle) : null } };
}

const named = (made) => ({ id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults() });

async function ask(form) {
  const problem = form.querySelector("[data-passkey-problem]");
  if (problem) problem.hidden = true;
  try {
    const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return location.reload();
    const options = await answer.json();
    form.elements.credential.value = JSON.stringify(await (form.dataset.passkey === "create" ? make(options) : sign(options)));
    form.submit();
  } catch {
    // Cancelled, timed out, or no passkey here: nothing was sent.
    if (problem) problem.hidden = false;
  }
}

export function watchPasskeys() {
  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
}
