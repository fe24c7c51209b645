(function (w, d) {
  'use strict';
  var M = w.MauticJS = w.MauticJS || {},
    L = d.location,
    secure = L.protocol === 'https:',
    base = (secure ? 'https:' : '{scheme}:') + '//{host}',
    keys = ['mtc_id', 'mautic_device_id', 'mtc_sid'],
    count = 0, refused = !1, asked = !1, delivered = !1, busy = !1, fresh, waiting = [], befores = [], afters = [];

  M.pageTrackingUrl = base + '/mtracking.gif';
  M.pageTrackingCORSUrl = base + '/mtc/event';
  M.contactIdUrl = base + '/mtc';

  M.log = function () {
    if (M.debug && w.console) w.console.log.apply(w.console, arguments);
  };
  M.serialize = function (o) {
    if (typeof o === 'string') return o;
    return Object.keys(o).map(function (k) {
      return encodeURIComponent(k) + '=' + encodeURIComponent(o[k]);
    }).join('&');
  };
  M.iterateCollection = function (list) {
    return function (f) {
      for (var i = 0; i < list.length; i++) f(list[i], i);
    };
  };
  M.documentReady = function (f) {
    if (d.readyState === 'loading') d.addEventListener('DOMContentLoaded', f);
    else f();
  };
  M.guid = function () {
    if (w.crypto && w.crypto.randomUUID) return w.crypto.randomUUID();
    return 'xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'.replace(/x/g, function () {
      return (Math.random() * 16 | 0).toString(16);
    });
  };
  M.setCookie = function (name, value) {
    d.cookie = name + '=' + value + ';path=/;secure';
  };
  M.dispatchEvent = function (name, detail) {
    var e;
    try {
      e = new CustomEvent(name, { detail: detail });
    } catch (_) {
      e = d.createEvent('CustomEvent');
      e.initCustomEvent(name, !0, !0, detail);
    }
    d.dispatchEvent(e);
  };
  M.insertScript = function (url) {
    var s = d.createElement('script');
    s.async = !0;
    s.src = url;
    d.head.appendChild(s);
  };
  M.insertStyle = function (css) {
    var s = d.createElement('style');
    s.appendChild(d.createTextNode(css));
    d.head.appendChild(s);
  };
  M.makeCORSRequest = function (method, url, data, ok, fail) {
    var x = new XMLHttpRequest(), body = M.serialize(data || {});
    if (method === 'GET' && body) {
      url += (url.indexOf('?') < 0 ? '?' : '&') + body;
      body = null;
    }
    x.open(method, url);
    x.withCredentials = !0;
    x.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
    if (body) x.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    x.onload = function () {
      var r = {};
      if (x.status > 299) return fail && fail(r, x);
      try {
        r = JSON.parse(x.responseText);
      } catch (_) {}
      if (ok) ok(r, x);
    };
    x.onerror = function () {
      if (fail) fail({}, x);
    };
    x.send(body);
  };

  // Who the visitor is: in storage and in cookies of the page's own site.
  function stored(key, value) {
    try {
      if (value == null) return w.localStorage.getItem(key);
      w.localStorage.setItem(key, value);
    } catch (_) {}
  }
  M.setTrackedContact = function (r) {
    if (!r || !r.id) return;
    M.mtcSet = !0;
    [r.id, r.device_id, r.device_id].forEach(function (value, i) {
      M.setCookie(keys[i], value);
      stored(keys[i], value);
    });
  };
  M.getTrackedContact = function () {
    if (asked) return;
    asked = !0;
    M.makeCORSRequest('GET', M.contactIdUrl, M.appendTrackedContact({}), M.setTrackedContact);
  };
  // A browser that is not known yet proposes an id, so that its first hit is one visitor's, whichever way it takes.
  M.appendTrackedContact = function (p) {
    fresh = fresh || M.guid().replace(/-/g, '').slice(0, 23);
    p[keys[1]] = stored(keys[0]) && stored(keys[1]) || fresh;
    return p;
  };

  M.beforeFirstEventDelivery = function (f) {
    if (!delivered) befores.push(f);
  };
  M.onFirstEventDelivery = function (f) {
    if (delivered) f(delivered);
    else afters.push(f);
  };

  function parameters(own) {
    var n = w.navigator, l = n.language || '', dnt = n.doNotTrack || w.doNotTrack, a = d.createElement('a'), zone, p, k;
    try {
      zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    } catch (_) {}
    if (d.referrer) a.href = d.referrer;
    p = {
      page_title: d.title, page_language: l, preferred_locale: l.replace('-', '_'),
      page_referrer: d.referrer ? a.hostname : '', page_url: L.href, counter: count++,
      timezone_offset: new Date().getTimezoneOffset(),
      resolution: w.screen.width + 'x' + w.screen.height, platform: n.platform,
      do_not_track: dnt === '1' || dnt === 'yes', hit_id: w.martletHit || M.guid()
    };
    // A landing page of ours was counted when it was sent: its first hit is that one.
    w.martletHit = 0;
    if (zone) p.timezone = zone;
    M.appendTrackedContact(p);
    for (k in own) p[k] = own[k];
    return p;
  }

  function finished(detail, o) {
    if (!delivered) {
      delivered = detail;
      afters.forEach(function (f) { f(detail); });
    }
    M.dispatchEvent('mauticPageEventDelivered', detail);
    if (o.onload) o.onload(detail);
    deliver((detail.response || {}).events || {});
  }

  // What campaigns have left for the visitor.
  function deliver(events) {
    function each(name, f) {
      (events[name] || []).forEach(f);
    }
    each('google_analytics', function (e) {
      if (w.gtag) gtag('event', e.action, { event_category: e.category, event_label: e.label });
      else if (w.ga) ga('send', 'event', e.category, e.action, e.label);
    });
    each('facebook_pixel', function (e) {
      if (w.fbq) fbq('track', e.action, { content_name: e.label });
    });
    each('focus_item', function (e) {
      M.insertScript(e.js);
    });
  }

  // The same id makes a second try the same hit.
  function image(event, p, o, tries) {
    var i = new Image();
    i.onload = function () {
      M.getTrackedContact();
      finished({ event: event, params: p, image: !0 }, o);
      next();
    };
    i.onerror = function () {
      if (tries < 3) return setTimeout(function () { image(event, p, o, tries + 1); }, 2000 << tries);
      if (o.onerror) o.onerror();
      next();
    };
    i.src = M.pageTrackingUrl + '?' + M.serialize(p) + (tries ? '&again=' + tries : '');
  }

  M.sendPageview = function (event) {
    var o = event[3] || {}, p = parameters(event[2]);
    if (!delivered) befores.splice(0).forEach(function (f) { f(p); });
    if (refused) return image(event, p, o, 0);
    M.makeCORSRequest('POST', M.pageTrackingCORSUrl, p, function (r) {
      M.setTrackedContact(r);
      finished({ event: event, params: p, response: r }, o);
      next();
    }, function (_, x) {
      refused = !x.status;
      image(event, p, o, 0);
    });
  };

  // One after the other: the second hit needs what the first one learned.
  function next() {
    var e = waiting.shift();
    busy = !!e;
    if (e) M.sendPageview(e);
  }
  function take(e) {
    if (e[0] !== 'send' || e[1] !== 'pageview') return;
    waiting.push(e);
    if (!busy) next();
  }

  M.beforeFirstEventDelivery(function (p) {
    M.documentReady(function () {
      M.iterateCollection(d.querySelectorAll('.mautic-slot,[data-slot="dwc"]'))(function (e) {
        var name = e.getAttribute('data-slot-name') || e.getAttribute('data-param-slot-name');
        if (name) M.makeCORSRequest('GET', base + '/dwc/' + encodeURIComponent(name), p, function (r) {
          if (r.content) e.innerHTML = r.content;
          M.setTrackedContact(r);
        });
      });
    });
  });

  // {if services}
  // Whether the page at hand loads a service: one of ours, or one of another site.
  function load(onTracked, onLanding, url) {
    return (L.href.indexOf(base + '/') ? onTracked : onLanding) && !M.insertScript(url);
  }
  function known(f) {
    M.onFirstEventDelivery(function (e) {
      f((e.response || {}).id);
    });
  }
  // {end}
  // {if google}
  if (load({google}, 'https://www.googletagmanager.com/gtag/js?id={google-id}')) {
    w.dataLayer = w.dataLayer || [];
    w.gtag = w.gtag || function () {
      w.dataLayer.push(arguments);
    };
    gtag('js', new Date());
    known(function (id) {
      gtag('config', '{google-id}', { anonymize_ip: {google-short}, user_id: id ? '' + id : void 0 });
    });
  }
  // {end}
  // {if facebook}
  if (load({facebook}, 'https://connect.facebook.net/en_US/fbevents.js')) {
    if (!w.fbq) {
      w._fbq = w.fbq = function () {
        fbq.callMethod ? fbq.callMethod.apply(fbq, arguments) : fbq.queue.push(arguments);
      };
      fbq.push = fbq;
      fbq.loaded = !0;
      fbq.version = '2.0';
      fbq.queue = [];
    }
    known(function (id) {
      fbq('init', '{facebook-id}', id ? { external_id: '' + id } : {});
      fbq('track', 'PageView');
    });
  }
  // {end}

  M.documentReady(function () {
    if (d.querySelector('video[data-form-id]')) M.insertScript(base + '/mtc-video.js');
    // Forms in frames tell how high they are.
    if (d.querySelector('iframe[src*="/form/embed/"]')) M.insertScript(base + '/media/js/mautic-form.js');
    M.iterateCollection(d.querySelectorAll('img[src*="mtracking.gif"]'))(function (i) {
      var done = function () {
        M.getTrackedContact();
        finished({ image: !0 }, {});
      };
      if (i.complete && i.naturalWidth) done();
      else i.addEventListener('load', done);
    });
  });

  var name = w.MauticTrackingObject, mt = name && w[name], q;
  if (!mt) return;
  // The first call may come after this script.
  q = mt.q = mt.q || [];
  M.iterateCollection(q)(take);
  q.push = function (e) {
    Array.prototype.push.call(q, e);
    M.dispatchEvent('eventAddedToMauticQueue', e);
    take(e);
    return q.length;
  };
})(window, document);
