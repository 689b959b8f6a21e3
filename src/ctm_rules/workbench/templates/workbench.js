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

  // Ctrl and Enter keep a form from any of its fields, also from one of several lines.
  document.querySelectorAll("form.editor").forEach(function (form) {
    form.addEventListener("keydown", function (event) {
      var first = form.querySelector("button:not([disabled])");
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !first) return;
      event.preventDefault();
      form.requestSubmit(first);
    });
  });

  // After a form was sent the page is made anew: whoever works by keys goes on where they were.
  document.addEventListener("submit", function (event) {
    var here = document.activeElement;
    if (!here || !here.name || event.target.dataset.live === undefined) return;
    sessionStorage.setItem("was-at", JSON.stringify([location.href, here.name, here.tagName === "BUTTON" ? here.value : ""]));
  });
  (function () {
    var said = JSON.parse(sessionStorage.getItem("was-at") || "null");
    sessionStorage.removeItem("was-at");
    if (!said || said[0] !== location.href) return;
    var named = Array.prototype.filter.call(document.getElementsByName(said[1]), function (each) {
      return each.tagName !== "BUTTON" || each.value === said[2];
    });
    if (named.length) named[0].focus();
  })();

  // First what the change does, then what the scenarios say of it, which takes as long again. One question is under way
  // at a time: what is typed meanwhile is asked about next, so that questions never queue.
  document.querySelectorAll("form[data-live]").forEach(function (form) {
    var waiting = 0;
    var isAsking = false;
    var isStale = false;

    function ask(part) {
      var said = new URLSearchParams(new FormData(form));
      said.set("do", "preview");
      said.set("live", part);
      return fetch(form.action, { method: "POST", body: said }).then(function (answer) {
        return answer.text().then(function (html) { if (answer.ok) put(html); });
      });
    }

    function mark(isBusy) {
      var scenarios = document.getElementById("results-scenarios");
      if (scenarios) scenarios.setAttribute("aria-busy", String(isBusy));
    }

    function show() {
      waiting = 0;
      isStale = isAsking;
      if (isAsking) return;
      isAsking = true;
      mark(true);
      ask("effect").then(function () {
        return isStale || waiting ? null : ask("scenarios").then(function () { mark(false); });
      }).catch(function () { tell(document.body.dataset.gone); }).then(function () {
        isAsking = false;
        if (isStale) show();
      });
    }

    form.addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(show, 60);
    });
    // What was typed before this script was there, or stood there when people came back, is tried as well.
    if (Array.prototype.some.call(form.elements, function (each) {
      return each.type !== "hidden" && each.defaultValue !== undefined && each.value !== each.defaultValue;
    })) show();
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
