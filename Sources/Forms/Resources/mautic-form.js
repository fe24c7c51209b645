/*
 * The client script of forms: conditions, pages, checks before sending, and sending through a hidden frame, whose
 * answer comes back as a message. Websites may hook into it with window.MauticFormCallback[NAME].
 */
(function () {
  'use strict';

  if (window.MauticSDK) { return; }

  var prepared = 'data-mautic-prepared';

  function formOf(name) { return document.getElementById('mauticform_' + name); }

  function callback(name, hook, argument) {
    var hooks = (window.MauticFormCallback || {})[name];
    if (hooks && typeof hooks[hook] === 'function') { return hooks[hook](argument); }
    return null;
  }

  function rows(form) {
    return Array.prototype.slice.call(form.querySelectorAll('.mauticform-row'));
  }

  function inputs(row) {
    return Array.prototype.slice.call(row.querySelectorAll('input, select, textarea'));
  }

  function aliasOf(form, row) {
    return row.id.slice(('mauticform_' + form.getAttribute('data-mautic-form') + '_').length);
  }

  /* The values that are filled in for a field. */
  function valuesOf(form, alias) {
    var found = [];
    Array.prototype.forEach.call(form.elements, function (element) {
      if (element.name !== 'mauticform[' + alias + ']' && element.name !== 'mauticform[' + alias + '][]') { return; }
      if ((element.type === 'checkbox' || element.type === 'radio') && !element.checked) { return; }
      if (element.type === 'select-multiple') {
        Array.prototype.forEach.call(element.selectedOptions, function (option) { found.push(option.value); });
        return;
      }
      if (element.value !== '') { found.push(element.value); }
    });
    return found;
  }

  function token() {
    var bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (byte) {
      return ('0' + byte.toString(16)).slice(-2);
    }).join('');
  }

  /* Conditions: a row is shown with some values of its parent; the inputs of a hidden one are not sent. */
  function applyConditions(form) {
    rows(form).forEach(function (row) {
      var rule = row.getAttribute('data-mautic-form-show-on');
      if (!rule) { return; }
      var colon = rule.indexOf(':');
      var parent = document.getElementById(
        'mauticform_' + form.getAttribute('data-mautic-form') + '_' + rule.slice(0, colon));
      var listed = rule.slice(colon + 1).split('|');
      var given = parent && parent.hidden ? [] : valuesOf(form, rule.slice(0, colon));
      var isListed = row.hasAttribute('data-mautic-form-any')
        ? given.length > 0
        : given.some(function (value) { return listed.indexOf(value) >= 0; });
      var isShown = !(parent && parent.hidden)
        && (row.getAttribute('data-mautic-form-expr') === 'notIn' ? !isListed : isListed);
      row.hidden = !isShown;
      inputs(row).forEach(function (input) { input.disabled = !isShown; });
    });
  }

  /* Pages. */
  function pages(form) {
    return Array.prototype.slice.call(form.querySelectorAll('[data-mautic-form-page]'));
  }

  function showPage(form, number) {
    pages(form).forEach(function (page) {
      page.hidden = page.getAttribute('data-mautic-form-page') !== String(number);
    });
  }

  function turnPage(form, button) {
    var name = form.getAttribute('data-mautic-form');
    var page = button.closest('[data-mautic-form-page]');
    var number = parseInt(page.getAttribute('data-mautic-form-page'), 10);
    var isNext = button.getAttribute('data-mautic-form-pagebreak-button') === 'next';
    if (isNext && !validate(form, page)) { return; }
    var target = number + (isNext ? 1 : -1);
    if (target < 1 || target > pages(form).length) { return; }
    if (callback(name, isNext ? 'onShowNextPage' : 'onShowPreviousPage', target) === false) { return; }
    showPage(form, target);
    var first = pages(form)[target - 1].querySelector('input:not([type=hidden]), select, textarea');
    if (first) { first.focus(); }
  }

  /* Checks before sending; the server checks again. */
  function mark(form, alias, message) {
    var name = form.getAttribute('data-mautic-form');
    var row = document.getElementById('mauticform_' + name + '_' + alias);
    if (!row) { return false; }
    var error = row.querySelector('.mauticform-errormsg');
    if (message === null) {
      row.classList.remove('mauticform-has-error');
      if (error) { error.style.display = 'none'; }
      inputs(row).forEach(function (input) { input.removeAttribute('aria-invalid'); });
      callback(name, 'onErrorClear', alias);
      return true;
    }
    row.classList.add('mauticform-has-error');
    if (error) {
      if (message) { error.textContent = message; }
      error.style.display = '';
    }
    inputs(row).forEach(function (input) { input.setAttribute('aria-invalid', 'true'); });
    callback(name, 'onErrorMark', { fieldName: alias, message: message });
    return true;
  }

  function isValid(form, row, alias) {
    var values = valuesOf(form, alias);
    if (row.hasAttribute('data-validate') && values.length === 0) { return false; }
    return inputs(row).every(function (input) {
      return input.disabled || !input.value || !input.checkValidity || input.checkValidity();
    });
  }

  function validate(form, part) {
    var name = form.getAttribute('data-mautic-form');
    if (callback(name, 'onValidateStart') === false) { return false; }
    var own = callback(name, 'onValidate');
    if (own === true || own === false) { return own; }
    var first = null;
    rows(part || form).forEach(function (row) {
      if (row.hidden || !row.hasAttribute('data-validation-type')) { return; }
      var alias = aliasOf(form, row);
      var answer = callback(name, 'onValidateField', { fieldName: alias });
      var good = answer === null || answer === undefined ? isValid(form, row, alias) : answer;
      mark(form, alias, good ? null : '');
      if (!good && !first) { first = row; }
    });
    if (first) {
      var page = first.closest('[data-mautic-form-page]');
      if (page && page.hidden) { showPage(form, page.getAttribute('data-mautic-form-page')); }
      var input = inputs(first)[0];
      if (input) { input.focus(); }
    }
    callback(name, 'onValidateEnd', first === null);
    return first === null;
  }

  /* Messages; those of the form's owner may be HTML. */
  function say(name, kind, message, isHTML) {
    var place = document.getElementById('mauticform_' + name + '_' + kind);
    if (callback(name, 'onMessageSet', { message: message, type: kind }) === false || !place) { return; }
    if (isHTML) { place.innerHTML = message; } else { place.textContent = message; }
    if (message) { place.scrollIntoView({ block: 'nearest' }); }
  }

  function submitting(form, isBusy) {
    var button = form.querySelector('button[type=submit], input[type=submit]');
    if (!button) { return; }
    if (isBusy) {
      button.setAttribute('data-mautic-label', button.innerHTML);
      button.textContent = (window.MauticLang || {}).submittingMessage || 'Please wait…';
      button.setAttribute('aria-busy', 'true');
    } else if (button.hasAttribute('data-mautic-label')) {
      button.innerHTML = button.getAttribute('data-mautic-label');
      button.removeAttribute('data-mautic-label');
      button.removeAttribute('aria-busy');
    }
  }

  function frameFor(form) {
    var id = 'mauticiframe_' + form.getAttribute('data-mautic-form');
    if (!document.getElementById(id)) {
      var frame = document.createElement('iframe');
      frame.id = id;
      frame.name = id;
      frame.title = 'Form';
      frame.style.display = 'none';
      document.body.appendChild(frame);
    }
    return id;
  }

  function field(form, member, value) {
    var name = 'mauticform[' + member + ']';
    var input = form.querySelector('input[name="' + name + '"]');
    if (!input) {
      input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      form.appendChild(input);
    }
    if (value !== undefined) { input.value = value; }
    return input;
  }

  /* SHA-256 (FIPS 180-4) of a short ASCII text, in hexadecimal. */
  var constants = null;

  function prepareConstants() {
    constants = { k: [], h: [] };
    for (var n = 2; constants.k.length < 64; n++) {
      var isPrime = true;
      for (var d = 2; d * d <= n; d++) { if (n % d === 0) { isPrime = false; break; } }
      if (!isPrime) { continue; }
      var fraction = function (x) { return ((x - Math.floor(x)) * 4294967296) | 0; };
      if (constants.h.length < 8) { constants.h.push(fraction(Math.sqrt(n))); }
      constants.k.push(fraction(Math.cbrt(n)));
    }
  }

  function sha256(text) {
    if (!constants) { prepareConstants(); }
    var length = text.length;
    var words = new Int32Array((((length + 8) >> 6) + 1) * 16);
    for (var i = 0; i < length; i++) { words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8); }
    words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
    words[words.length - 1] = length * 8;
    var h = constants.h.slice();
    var w = new Int32Array(64);
    function rotate(x, n) { return (x >>> n) | (x << (32 - n)); }
    for (var block = 0; block < words.length; block += 16) {
      var s = h.slice();
      for (var t = 0; t < 64; t++) {
        if (t < 16) {
          w[t] = words[block + t];
        } else {
          var a = w[t - 15], b = w[t - 2];
          w[t] = (w[t - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + w[t - 7]
            + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10))) | 0;
        }
        var one = (s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25))
          + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants.k[t] + w[t]) | 0;
        var two = ((rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22))
          + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
        s = [(one + two) | 0, s[0], s[1], s[2], (s[3] + one) | 0, s[4], s[5], s[6]];
      }
      for (var j = 0; j < 8; j++) { h[j] = (h[j] + s[j]) | 0; }
    }
    return h.map(function (word) { return ('0000000' + (word >>> 0).toString(16)).slice(-8); }).join('');
  }

  /* The challenge of a form: the number whose digest it shows is looked for, a little at a time. */
  function solve(form, done) {
    fetch(form.getAttribute('data-mautic-challenge'), { credentials: 'omit' }).then(function (response) {
      return response.json();
    }).then(function (task) {
      var number = 0;
      function some() {
        var end = Math.min(number + 500, task.maxnumber + 1);
        for (; number < end; number++) {
          if (sha256(task.salt + number) === task.challenge) {
            field(form, '_challenge', btoa(JSON.stringify({
              algorithm: task.algorithm, challenge: task.challenge, number: number,
              salt: task.salt, signature: task.signature
            })));
            done(true);
            return;
          }
        }
        if (number > task.maxnumber) { done(false); return; }
        setTimeout(some, 0);
      }
      some();
    }).catch(function () { done(false); });
  }

  function send(form, event) {
    var name = form.getAttribute('data-mautic-form');
    if (form.hasAttribute('data-mautic-sending')) { event.preventDefault(); return; }
    say(name, 'error', '', false);
    say(name, 'message', '', false);
    if (!validate(form, form) || callback(name, 'onSubmit') === false) { event.preventDefault(); return; }
    form.setAttribute('data-mautic-sending', '1');
    form.target = frameFor(form);
    submitting(form, true);
    if (!form.hasAttribute('data-mautic-challenge') || field(form, '_challenge').value) { return; }
    event.preventDefault();
    solve(form, function (isSolved) {
      if (isSolved) { form.submit(); return; }
      form.removeAttribute('data-mautic-sending');
      submitting(form, false);
      say(name, 'error', 'The check of your browser failed; please try again.', false);
    });
  }

  function answer(data) {
    var form = formOf(data.formName);
    if (!form) {
      form = document.querySelector('form[data-mautic-sending]');
      if (!form) { return; }
    }
    var name = form.getAttribute('data-mautic-form');
    form.removeAttribute('data-mautic-sending');
    submitting(form, false);
    if (form.hasAttribute('data-mautic-challenge')) { field(form, '_challenge', ''); }
    callback(name, 'onResponseStart', data);
    if (callback(name, 'onResponse', data) !== true) { show(form, name, data); }
    callback(name, 'onResponseEnd', data);
  }

  function download(address) {
    var frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = address;
    document.body.appendChild(frame);
  }

  function show(form, name, data) {
    if (!data.success) {
      var unknown = [];
      Object.keys(data.validationErrors || {}).forEach(function (alias) {
        if (!mark(form, alias, data.validationErrors[alias])) { unknown.push(data.validationErrors[alias]); }
      });
      say(name, 'error', data.errorMessage || unknown.join(' '), false);
      return;
    }
    field(form, '_token', token());
    if (data.download) { download(data.download); }
    if (data.redirect) {
      // Leaving at once would break the download off.
      window.setTimeout(function () { window.location.href = data.redirect; }, data.download ? 2000 : 0);
      return;
    }
    form.reset();
    applyConditions(form);
    if (pages(form).length > 1) { showPage(form, 1); }
    say(name, 'message', data.successMessage || '', true);
  }

  /* Companies whose names begin as typed, offered in a list of the browser's. */
  function suggest(form, input) {
    var text = input.value.trim();
    clearTimeout(input.mauticTimer);
    if (text.length < 3) { return; }
    input.mauticTimer = setTimeout(function () {
      fetch(window.MauticDomain + '/form/company-lookup/autocomplete', {
        method: 'POST', credentials: 'omit',
        headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
        body: JSON.stringify({ search: text, formId: field(form, 'formId').value })
      }).then(function (response) { return response.ok ? response.json() : []; }).then(function (found) {
        var id = input.id + '_companies';
        var list = document.getElementById(id);
        if (!list) {
          list = document.createElement('datalist');
          list.id = id;
          input.parentNode.appendChild(list);
          input.setAttribute('list', id);
        }
        list.textContent = '';
        found.forEach(function (company) {
          var option = document.createElement('option');
          option.value = company.companyname;
          option.label = [company.companycity, company.companystate].filter(Boolean).join(', ');
          list.appendChild(option);
        });
      }).catch(function () { /* Without suggestions the name is typed. */ });
    }, 250);
  }

  function prepare(form) {
    if (form.hasAttribute(prepared)) { return; }
    form.setAttribute(prepared, '1');
    form.noValidate = true;
    field(form, 'return', window.location.href);
    field(form, 'messenger', '1');
    if (!field(form, '_token').value) { field(form, '_token', token()); }
    form.addEventListener('submit', function (event) { send(form, event); });
    form.addEventListener('change', function () { applyConditions(form); });
    form.addEventListener('input', function (event) {
      var row = event.target.closest('.mauticform-has-error');
      if (row) { mark(form, aliasOf(form, row), null); }
      if (event.target.closest('.mauticform-companyLookup')) { suggest(form, event.target); }
      applyConditions(form);
    });
    form.addEventListener('click', function (event) {
      var button = event.target.closest('[data-mautic-form-pagebreak-button]');
      if (button) { turnPage(form, button); }
    });
    applyConditions(form);
  }

  /* The frames of forms tell how high they are; none changes another one. */
  function frames() {
    return Array.prototype.slice.call(document.querySelectorAll('iframe[src*="/form/embed/"]'));
  }

  function fit(event) {
    var height = /^mauticFormHeight:(\d{1,4})$/.exec(event.data);
    if (!height) { return; }
    frames().forEach(function (frame) {
      var isWhole = getComputedStyle(frame).boxSizing === 'border-box';
      if (frame.contentWindow !== event.source) { return; }
      frame.style.height = Number(height[1]) + (isWhole ? frame.offsetHeight - frame.clientHeight : 0) + 'px';
    });
  }

  window.addEventListener('message', fit);
  frames().forEach(function (frame) { frame.contentWindow.postMessage('mauticFormHeight', '*'); });
  window.addEventListener('message', function (event) {
    if (!window.MauticDomain || event.origin !== new URL(window.MauticDomain).origin) { return; }
    var data = null;
    try { data = JSON.parse(event.data); } catch (error) { return; }
    if (data && typeof data === 'object' && 'success' in data && 'formName' in data) { answer(data); }
  });

  window.MauticSDK = {
    onLoad: function () {
      Array.prototype.forEach.call(document.querySelectorAll('form[data-mautic-form]'), prepare);
    }
  };

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', window.MauticSDK.onLoad);
  } else {
    window.MauticSDK.onLoad();
  }
})();
