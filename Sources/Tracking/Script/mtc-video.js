(function (w, d) {
  'use strict';
  // The page's script, which loads this one, has what both need.
  var M = w.MauticJS, base = M.contactIdUrl.slice(0, -4);

  M.iterateCollection(d.querySelectorAll('video[data-form-id]'))(function (v) {
    var form = +v.getAttribute('data-form-id'), gate = +v.getAttribute('data-gate-time') || 0,
      guid = M.guid(), seen = 0, told = 0, last = 0, box;

    // Tells how far it was watched, in seconds: what was skipped does not count.
    function tell() {
      var whole = Math.floor(seen);
      if (whole <= told) return;
      told = whole;
      M.makeCORSRequest('POST', base + '/video/hit', M.appendTrackedContact({
        guid: guid, url: v.currentSrc, duration: isFinite(v.duration) ? Math.round(v.duration) : '', total_watched: told,
        page_referrer: w.location.href, page_language: w.navigator.language || ''
      }));
    }
    function open(e) {
      var answer;
      if (e.origin !== new URL(base).origin) return;
      try {
        answer = JSON.parse(e.data);
      } catch (_) {}
      if (!answer || !answer.success) return;
      w.removeEventListener('message', open);
      form = 0;
      box.parentNode.removeChild(box);
      v.play();
    }
    // The form comes in the place of the video until it was sent.
    function close() {
      var s = d.createElement('script');
      v.pause();
      if (box) return;
      if (d.fullscreenElement) d.exitFullscreen();
      box = d.createElement('div');
      v.parentNode.insertBefore(box, v.nextSibling);
      s.src = base + '/form/generate.js?id=' + form;
      box.appendChild(s);
      w.addEventListener('message', open);
    }

    v.addEventListener('timeupdate', function () {
      var step = v.currentTime - last;
      if (step > 0 && step < 2) seen += step;
      last = v.currentTime;
      if (form && last >= gate) close();
      if (seen - told >= 10) tell();
    });
    v.addEventListener('play', function () {
      if (box && form) v.pause();
    });
    v.addEventListener('pause', tell);
    v.addEventListener('ended', function () {
      tell();
      if (form) close();
    });
  });
})(window, document);
