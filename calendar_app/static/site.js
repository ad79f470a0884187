// Improvements only: every page is complete without this. It brings no words, keeps nothing and
// asks nobody.
"use strict";

// A button that copies a text of the page; it stands there hidden, with the word for "done".
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      // Without https, as at an onion address, there is no clipboard to write to.
      getSelection().selectAllChildren(text);
      if (!document.execCommand("copy")) return;
    }
    button.nextElementSibling.textContent = button.dataset.done;
  });
}

// "In 5 days" by the reader's own date; the page has the words for today, tomorrow and on.
const words = document.body.dataset.days?.split("|") ?? [];
const now = new Date();
const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
for (const place of document.querySelectorAll("[data-day]")) {
  const word = words[(Date.parse(place.dataset.day) - today) / 864e5];
  const [separator] = /^(\s·\s)?/.exec(place.textContent);
  place.textContent = word ? separator + word : "";
}

// A form that nobody has filled in yet takes the time zone of the browser, by whatever name, unless
// that hides it: as UTC or, since that is a zone of a country, as Iceland.
const zones = document.querySelector("[data-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const option = [...(zones?.options ?? [])].find(
  ({ value, dataset }) => value === own || dataset.also?.split(" ").includes(own),
);
if (option && !/UTC|Reykjavik/.test(option.value)) {
  zones.value = option.value;
  const sentence = document.querySelector("[data-sending]");
  if (sentence) sentence.textContent = sentence.dataset.sending.replace("{zone}", option.text);
}
