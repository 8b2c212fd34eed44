// Passkeys: the browser's authenticator fills in the form; without this file codes remain the way.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function read(options) {
  const known = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) asked.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) asked.allowCredentials = known(options.allowCredentials);
  return asked;
}

function write(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type,
    clientExtensionResults: {}, response,
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const answer = form.querySelector("[data-passkey-answer]");
  form.addEventListener("submit", async (event) => {
    if (answer.value) return;
    event.preventDefault();
    const message = form.querySelector("[data-passkey-message]");
    message.hidden = true;
    try {
      const publicKey = read(JSON.parse(form.dataset.passkey));
      const made = form.dataset.act === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      answer.value = write(made);
      form.requestSubmit();
    } catch {
      message.textContent = form.dataset.refused;
      message.hidden = false;
    }
  });
}
