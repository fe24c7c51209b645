(function (w, d) {
  'use strict';
  var F = {config}, id = 'mautic-focus-' + F.id, key = 'mf-' + F.id, shown = !1, box, back, sheet, before,
    isDialog = F.style === 'modal' || F.style === 'page';
  if (d.getElementById(id)) return;

  // What the browser remembers: when it was shown last, and whether the visitor has done what it asks for.
  function stored(value) {
    try {
      if (value === undefined) return JSON.parse(w.localStorage.getItem(key) || '{}') || {};
      w.localStorage.setItem(key, JSON.stringify(value));
    } catch (_) {}
    return {};
  }
  function note(name, value) {
    var s = stored();
    s[name] = value;
    stored(s);
  }
  function mayShow() {
    var s = stored(), pause = { once: Infinity, q2min: 12e4, q15min: 9e5, hourly: 36e5, daily: 864e5 }[F.frequency];
    if (F.stopsAfterConversion && s.done) return !1;
    return !(pause && s.at && Date.now() - s.at < pause);
  }
  function count(what) {
    var i = new Image(), url = F.site + '/focus/' + F.id + '/viewpixel.gif?act=' + what + '&t=' + Date.now(), device;
    try {
      // The page's script keeps who the visitor is.
      device = w.localStorage.getItem('mautic_device_id');
    } catch (_) {}
    i.src = device ? url + '&mautic_device_id=' + encodeURIComponent(device) : url;
  }
  function element(tag, part, text) {
    var e = d.createElement(tag);
    if (part) e.className = 'mautic-focus-' + part;
    if (text) e.textContent = text;
    return e;
  }
  function done() {
    note('done', 1);
    count('click');
  }
  function close() {
    var isInside = box.contains(d.activeElement);
    [box, back, sheet].forEach(function (e) {
      if (e && e.parentNode) e.parentNode.removeChild(e);
    });
    d.removeEventListener('keydown', onKey);
    if (isInside && before && before.focus) before.focus();
  }
  function onKey(e) {
    var all, last;
    if (e.key === 'Escape') return close();
    if (e.key !== 'Tab' || !isDialog) return;
    // The keyboard stays in a dialog.
    all = [].filter.call(box.querySelectorAll('a[href],button,input,select,textarea,iframe'), function (e) {
      return !e.disabled && e.getClientRects().length;
    });
    last = all[e.shiftKey ? 0 : all.length - 1];
    if (box.contains(d.activeElement) && d.activeElement !== last && !(e.shiftKey && d.activeElement === box)) return;
    e.preventDefault();
    all[e.shiftKey ? all.length - 1 : 0].focus();
  }

  function style() {
    var css = {style}, s;
    try {
      // Sites that forbid style elements allow this one.
      s = new CSSStyleSheet();
      s.replaceSync(css);
      d.adoptedStyleSheets = [].slice.call(d.adoptedStyleSheets).concat(s);
    } catch (_) {
      sheet = d.createElement('style');
      sheet.textContent = css;
      d.head.appendChild(sheet);
    }
  }

  function fill() {
    var a, f;
    if (F.html) {
      // The site's own HTML, from which scripts were taken out when it was saved.
      f = element('div', 'html');
      f.innerHTML = F.html;
      box.appendChild(f);
    } else {
      if (F.headline) {
        a = element(F.style === 'bar' ? 'strong' : 'h2', 'headline', F.headline);
        a.id = id + '-title';
        box.appendChild(a);
      }
      if (F.tagline) box.appendChild(element(F.style === 'bar' ? 'span' : 'p', 'tagline', F.tagline));
      if (F.link) {
        a = element('a', 'link', F.linkText || F.link);
        a.href = F.link;
        if (F.opensWindow) {
          a.target = '_blank';
          a.rel = 'noopener';
        }
        a.addEventListener('click', done);
        box.appendChild(a);
      }
    }
    if (F.form) {
      f = element('div', 'form');
      box.appendChild(f);
      a = d.createElement('script');
      a.src = F.site + '/form/generate.js?id=' + F.form;
      f.appendChild(a);
      box.addEventListener('submit', done);
    }
  }

  function show() {
    var x;
    if (shown || !mayShow()) return;
    shown = !0;
    before = d.activeElement;
    style();
    box = element('div', F.style + ' mautic-focus-' + (F.placement || 'auto') + (F.form ? ' mautic-focus-has-form' : ''));
    box.id = id;
    box.setAttribute('role', isDialog ? 'dialog' : 'region');
    if (F.headline && !F.html) box.setAttribute('aria-labelledby', id + '-title');
    else box.setAttribute('aria-label', F.name);
    fill();
    if (F.mayClose) {
      x = element('button', 'close');
      x.type = 'button';
      x.setAttribute('aria-label', 'Close');
      x.addEventListener('click', close);
      box.appendChild(x);
      d.addEventListener('keydown', onKey);
    }
    if (F.style === 'modal') {
      back = element('div');
      back.id = id + '-back';
      if (F.mayClose) back.addEventListener('click', close);
      d.body.appendChild(back);
    }
    d.body.appendChild(box);
    if (isDialog) {
      box.setAttribute('aria-modal', 'true');
      box.tabIndex = -1;
      box.focus({ preventScroll: !0 });
    }
    note('at', Date.now());
    count('view');
  }
  function later() {
    setTimeout(show, F.timeout * 1000);
  }

  // When it is shown: at once, after some of the page has been read, or when the pointer leaves the page.
  function wait() {
    var part = { scroll_slight: .1, scroll_middle: .4, scroll_bottom: .8 }[F.when];
    if (F.when === 'leave') {
      d.documentElement.addEventListener('mouseleave', function (e) {
        if (e.clientY <= 0) show();
      });
    } else if (part) {
      w.addEventListener('scroll', function check() {
        var all = d.documentElement.scrollHeight - w.innerHeight;
        if (all > 0 && w.scrollY / all < part) return;
        w.removeEventListener('scroll', check);
        later();
      }, { passive: !0 });
    } else later();
  }
  if (d.readyState === 'loading') d.addEventListener('DOMContentLoaded', wait);
  else wait();
})(window, document);
