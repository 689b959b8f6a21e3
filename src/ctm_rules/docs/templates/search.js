// Without this script the page lists everything; with it, the list holds what was searched for.
(function () {
  "use strict";
  var field = document.getElementById("find");
  var found = document.getElementById("found");
  var entries = Array.prototype.map.call(document.getElementById("entries").children, function (item) {
    return { item: item, text: folded(item.textContent) };
  });

  function folded(text) {
    return text.toLowerCase().replace(/_/g, " ").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }

  function search() {
    var words = folded(field.value).split(/\s+/).filter(Boolean);
    var count = 0;
    entries.forEach(function (entry) {
      var holds = words.every(function (word) { return entry.text.indexOf(word) !== -1; });
      entry.item.hidden = !holds;
      count += holds ? 1 : 0;
    });
    found.textContent = words.length
      ? (count === 1 ? "1 line has" : count + " lines have") + " “" + field.value.trim() + "”."
      : "Everything in these pages, one line each.";
  }

  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", search);
  field.form.addEventListener("submit", function (event) { event.preventDefault(); search(); });
  search();
})();
