// A case recorded with the keyboard: a key answers and goes on to the next prompt, and what it comes to is shown. Without
// this script the form is sent by its button.
(function () {
  "use strict";
  var form = document.querySelector("form[data-record]");
  if (!form) return;
  var waiting = new Map();
  var isBusy = false;
  var prompts = function () { return Array.from(form.querySelectorAll("fieldset.asked:not([hidden])")); };

  function focus(fieldset) {
    var to = fieldset && (fieldset.querySelector("input:checked") || fieldset.querySelector("input, select"));
    if (to) to.focus();
    if (fieldset) fieldset.scrollIntoView({ block: "nearest" });
  }

  function go(from, step) {
    var all = prompts();
    focus(all[all.indexOf(from) + step]);
  }

  form.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.type !== "radio") return;
    var fieldset = event.target.closest("fieldset[data-keys]");
    if (!fieldset) return;
    var key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      event.preventDefault();
      go(fieldset, key === "j" ? 1 : -1);
      return;
    }
    var chosen = Array.prototype.find.call(fieldset.querySelectorAll("input[data-key]"), function (each) {
      return each.dataset.key === key;
    });
    if (!chosen) return;
    event.preventDefault();
    if (!chosen.checked) {
      chosen.checked = true;
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
    }
    go(fieldset, 1);
  });

  function put(here, there) {
    if (!there || !here || here.contains(document.activeElement)) return;
    var open = Array.from(here.querySelectorAll("details")).map(function (each) { return each.open; });
    here.replaceChildren.apply(here, Array.from(there.childNodes));
    here.querySelectorAll("details").forEach(function (each, number) { if (open[number]) each.open = true; });
  }

  function show(html) {
    var made = new DOMParser().parseFromString(html, "text/html");
    made.querySelectorAll("body > [id]").forEach(function (part) { put(document.getElementById(part.id), part); });
    var said = made.getElementById("asked");
    if (!said) return;
    document.body.dataset.revision = said.dataset.revision;
    said.querySelectorAll("li").forEach(function (each) {
      var fieldset = document.getElementById("q-" + each.dataset.name);
      if (!fieldset) return;
      var state = each.dataset.asked;
      fieldset.hidden = state === "left" && !fieldset.contains(document.activeElement);
      fieldset.classList.toggle("no", state === "no" || state === "left");
      fieldset.querySelector(".state").hidden = state === "yes" || state === "unknown";
    });
    form.querySelectorAll("section.part").forEach(function (part) {
      part.querySelector(".left-out").hidden = part.querySelector("fieldset.asked:not([hidden])") !== null;
    });
    var undo = document.querySelector("form[action='/undo'] button");
    if (undo && said.dataset.unsaved !== "0") undo.disabled = false;
  }

  function send() {
    if (isBusy || !waiting.size) return;
    isBusy = true;
    document.body.dataset.busy = "yes";
    var body = new URLSearchParams();
    var sent = new Map(waiting);
    waiting.clear();
    sent.forEach(function (value, name) { body.append(name, value); });
    body.append("was", form.querySelector("input[name='was']").value);
    body.append("live", "yes");
    fetch(form.action, { method: "POST", body: body }).then(function (answer) {
      return answer.text().then(show);
    }).catch(function () {
      // Nothing is lost: the button sends all of the form again.
      var told = document.getElementById("notices");
      if (told.textContent.indexOf(document.body.dataset.gone) < 0) {
        var said = document.createElement("p");
        said.className = "notice";
        said.textContent = document.body.dataset.gone;
        told.append(said);
      }
    }).finally(function () {
      isBusy = false;
      delete document.body.dataset.busy;
      send();
    });
  }

  form.addEventListener("change", function (event) {
    if (!event.target.name) return;
    waiting.set(event.target.name, event.target.value);
    send();
  });

  // What was chosen last is on its way: the form is sent once it has arrived.
  form.addEventListener("submit", function (event) {
    if (!isBusy && !waiting.size) return;
    event.preventDefault();
    var button = event.submitter;
    setTimeout(function () { form.requestSubmit(button); }, 30);
  });

  // From the queue people come to the prompt that is missing; else they begin with the first that is.
  function begin() {
    var meant = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    focus(meant || prompts().find(function (each) {
      var chosen = each.querySelector("input:checked");
      return each.dataset.keys !== undefined && (!chosen || chosen.value === "");
    }) || prompts()[0]);
  }

  // The browser goes to the place that the address names once the page is there, and takes the focus along.
  if (location.hash) window.addEventListener("load", function () { setTimeout(begin, 0); });
  else begin();
})();
