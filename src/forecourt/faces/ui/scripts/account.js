// One phone, several people: a page of whoever is no longer signed in here leaves the screen by itself, in every tab and on the way back.
export function watchAccount() {
  const account = document.querySelector('meta[name="account"]')?.content;
  if (account === undefined) return;
  const channel = new BroadcastChannel("forecourt-account");
  const leave = () => {
    document.body.hidden = true;
    location.replace("/me/");
  };
  channel.addEventListener("message", ({ data }) => { if (account && data !== account) leave(); });
  channel.postMessage(account);
  window.addEventListener("pageshow", (event) => { if (event.persisted && account) leave(); });
}
