// The page with the canvas: a new campaign has an address of its own as soon as it is saved.

document.addEventListener('saved', ({detail}) => {
  const page = `/console/campaigns/${encodeURIComponent(detail.id)}`;
  if (detail.isNew) history.replaceState(null, '', `${page}/edit`);
  const link = document.querySelector('[data-campaign-page]');
  if (link) link.href = page;
});
