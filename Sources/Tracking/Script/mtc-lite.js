(function (w, d) {
  var n = w.MauticTrackingObject, m = n && w[n], q, v = w.navigator, s, last = 0, c = 0, fresh;
  if (!m) return;
  q = m.q = m.q || [];
  try { s = w.localStorage; } catch (_) {}
  function get(k) { try { return s.getItem(k); } catch (_) {} }
  function id() {
    return 'xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'.replace(/x/g, function () {
      return (Math.random() * 16 | 0).toString(16);
    });
  }
  fresh = id().replace(/-/g, '').slice(0, 23);
  function send(e) {
    if (e[0] !== 'send' || e[1] !== 'pageview') return;
    var l = v.language || '', b = (d.location.protocol === 'https:' ? 'https:' : '{scheme}:') + '//{host}', k, p = {
      page_title: d.title, page_language: l, preferred_locale: l.replace('-', '_'),
      page_referrer: (d.referrer.split('/')[2] || ''), page_url: d.location.href, counter: c++,
      timezone_offset: new Date().getTimezoneOffset(), hit_id: w.martletHit || id(),
      events: 0
    };
    w.martletHit = 0;
    p.mautic_device_id = get('mautic_device_id') || fresh;
    for (k in e[2]) p[k] = e[2][k];
    p = new URLSearchParams(p);
    last = Promise.resolve(last).then(function () {
      return fetch(b + '/mtc/event', {
        method: 'POST', body: p, credentials: 'include', keepalive: !0, headers: { 'X-Requested-With': 'XMLHttpRequest' }
      }).then(function (r) {
        if (!r.ok) throw 0;
        return r.json();
      }).then(function (r) {
        if (r.id && s) {
          s.setItem('mtc_id', r.id);
          s.setItem('mautic_device_id', r.device_id);
        }
      }).catch(function () { new Image().src = b + '/mtracking.gif?' + p; });
    });
  }
  [].forEach.call(q, send);
  q.push = send;
})(window, document);
