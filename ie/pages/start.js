// Read the reports that the page holds, and show the first.

function listDocuments() {
  const choice = byId("documents");
  choice.replaceChildren(...state.documents.map((report, index) =>
    element("option", { value: index }, `${shortened(report.title || report.id, 60)} (${persian(report.facts.length)})`)));
  choice.value = String(state.index);
  byId("choice").hidden = state.documents.length < 2;
}

state.documents = [...document.querySelectorAll("script.report")].map((data) => JSON.parse(data.textContent));
byId("documents").addEventListener("change", (event) => showDocument(Number(event.target.value)));
window.addEventListener("resize", () => { if (state.documents.length) showArrows(); });
if (typeof startEditing === "function") startEditing();
listDocuments();
if (state.documents.length) showDocument(state.index);
else if (typeof startEditing !== "function") byId("about").textContent = "گزارشی در این صفحه نیست.";
