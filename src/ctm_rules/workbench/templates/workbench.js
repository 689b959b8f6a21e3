// The pages work without this script. With it, what a form would do is shown while people type; nothing is kept by that.
(function () {
  "use strict";
  var notices = document.getElementById("notices");

  function tell(text) {
    var known = Array.prototype.some.call(notices.children, function (each) { return each.textContent === text; });
    if (known) return;
    var said = document.createElement("p");
    said.className = "notice";
    said.textContent = text;
    notices.append(said);
  }

  function put(html) {
    var made = new DOMParser().parseFromString(html, "text/html");
    made.querySelectorAll("body > [id]").forEach(function (part) {
      var here = document.getElementById(part.id);
      // What has the focus is never replaced.
      if (here && !here.contains(document.activeElement)) here.replaceChildren.apply(here, Array.from(part.childNodes));
    });
  }

  document.querySelectorAll("form[data-live]").forEach(function (form) {
    var waiting = 0;
    var asked = null;

    function show() {
      if (asked) asked.abort();
      asked = new AbortController();
      var said = new URLSearchParams(new FormData(form));
      said.set("do", "preview");
      said.set("live", "yes");
      fetch(form.action, { method: "POST", body: said, signal: asked.signal }).then(function (answer) {
        return answer.text().then(function (html) { if (answer.ok) put(html); });
      }).catch(function (error) {
        if (error.name !== "AbortError") tell(document.body.dataset.gone);
      });
    }

    form.addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(show, 120);
    });
  });

  // Another tab may have changed something: this one says so, and does nothing by itself.
  setInterval(function () {
    if (document.visibilityState !== "visible" || document.body.dataset.busy) return;
    fetch("/revision").then(function (answer) {
      return answer.text().then(function (text) {
        if (answer.ok && !document.body.dataset.busy && text !== document.body.dataset.revision) tell(document.body.dataset.changed);
      });
    }).catch(function () { tell(document.body.dataset.gone); });
  }, 5000);
})();
