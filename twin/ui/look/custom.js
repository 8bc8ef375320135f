// Light or dark as the reader's system has it: Solara's own template knows "auto" only from here.
(function () {
  const key = ':solara:theme.variant';
  try { if (!localStorage.getItem(key)) localStorage.setItem(key, '"auto"'); } catch (e) { return; }
  const app = document.getElementById('app');
  if (app && inDarkMode()) { app.classList.remove('theme--light'); app.classList.add('theme--dark'); }
})();
