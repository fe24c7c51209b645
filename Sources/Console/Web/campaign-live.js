// Who waits where on the canvas of a campaign's page, as the server tells it.

await customElements.whenDefined('campaign-canvas');

document.addEventListener('live', ({detail}) => {
  if (detail.counts) document.querySelector('campaign-canvas')?.setCounts(detail.counts);
});
