// The page with the canvas: a new campaign has an address, a name and links of its own as soon as it is saved.

document.addEventListener('saved', ({target, detail}) => {
  const {name} = target.doc;
  const [heading, place] = [document.querySelector('h1'), document.querySelector('.crumbs [aria-current]')];
  if (heading?.firstChild) heading.firstChild.textContent = name;
  if (place) place.textContent = name;
  document.title = `${name} · Martlet`;
  if (!detail.isNew) return;
  const page = `/console/campaigns/${encodeURIComponent(detail.id)}`;
  history.replaceState(null, '', `${page}/edit`);
  for (const link of document.querySelectorAll('[data-campaign-none]')) link.remove();
  for (const link of document.querySelectorAll('[data-campaign-link]')) {
    link.href = page + link.dataset.campaignLink;
    link.hidden = false;
  }
});
