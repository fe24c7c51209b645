// The blocks, tokens, properties and checks of e-mails: node --test Tests/ConsoleWeb

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {BLOCKS, blockLabel, blockMarkup, columns, escapeText, groupOf, starterBody} from '../../Sources/Console/Web/email-blocks.js';
import {checksOf} from '../../Sources/Console/Web/email-checks.js';
import {contrast, hexColour, propertiesOf, readPadding, writePadding} from '../../Sources/Console/Web/email-properties.js';
import {assetToken, cleanFallback, dynamicName, dynamicToken, fieldToken, formatOf, linkTarget, pageToken, tokenGroups} from '../../Sources/Console/Web/email-tokens.js';

/** Whether every tag that is opened is closed, in order. */
function isBalanced(html) {
  const open = [];
  for (const [, end, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b(?:"[^"]*"|'[^']*'|[^'">])*>/g)) {
    if (['br', 'img'].includes(name)) continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

for (const id of BLOCKS) {
  test(`block ${id}: tables with their styles, balanced, without script`, () => {
    const html = blockMarkup(id, {dynamic: 'Offer'});
    assert.ok(isBalanced(html), html);
    assert.match(html, /^<table role="presentation" /);
    assert.ok(!/<(?!table)[a-z]+[^>]*role="presentation"/.test(html));
    assert.ok(!/<script|\son[a-z]+=|javascript:|<div(?! class="ml-text)|flex|grid/i.test(html), html);
    for (const [tag] of html.matchAll(/<table\b[^>]*>/g)) assert.match(tag, /cellpadding="0" cellspacing="0" border="0"/);
    assert.ok(['layout', 'content', 'martlet'].includes(groupOf(id)) && blockLabel(id) !== id);
  });
}

test('columns share the width, and an unknown block is refused', () => {
  assert.deepEqual([...columns([1, 2]).matchAll(/<td class="ml-col" width="([^"]+)"/g)].map((match) => match[1]), ['33.33%', '66.67%']);
  assert.throws(() => blockMarkup('carousel'));
  assert.ok(isBalanced(starterBody()) && starterBody().includes('{unsubscribe_text}'));
  assert.equal(escapeText('<b> & {x|"y"}'), '&lt;b&gt; &amp; {x|"y"}');
});

test('tokens are written so that they are read again', () => {
  assert.equal(fieldToken('firstname'), '{contactfield=firstname}');
  assert.equal(fieldToken('firstname', ' my} friend\n'), '{contactfield=firstname|my  friend}');
  assert.equal(fieldToken('birthday', 'soon', 'date'), '{contactfield=birthday|soon|date}');
  assert.equal(fieldToken('birthday', 'Date'), '{contactfield=birthday}');
  assert.equal(cleanFallback('true'), '');
  assert.equal(dynamicToken('My "Offer"}'), '{dynamiccontent="My  Offer"}');
  assert.equal(dynamicName('x {dynamiccontent="My Offer"} y'), 'My Offer');
  assert.equal(dynamicName('{dynamiccontent=&quot;A&quot;}'), 'A');
  assert.equal(dynamicName('none'), null);
  assert.deepEqual([pageToken(3), assetToken(4), formatOf('date'), formatOf('text')], ['{pagelink=3}', '{assetlink=4}', 'date', '']);
});

test('the list of tokens holds what there is', () => {
  const known = {
    fields: [{alias: 'firstname', label: 'First name', type: 'text'}, {alias: 'site', label: 'Site', type: 'url'}],
    pages: [{id: 1, title: 'Landing'}], assets: [], dynamic: ['Offer'],
  };
  const text = tokenGroups(known).flatMap(({items}) => items.map(({token}) => token));
  for (const token of ['{contactfield=firstname}', '{ownerfield=signature}', '{unsubscribe_text}', '{pagelink=1}', '{dynamiccontent="Offer"}']) assert.ok(text.includes(token), token);
  const links = tokenGroups(known, true).flatMap(({items}) => items.map(({token}) => token));
  assert.deepEqual(links, ['{contactfield=site}', '{unsubscribe_url}', '{dnc_url}', '{webview_url}', '{pagelink=1}']);
});

test('what is typed as a link becomes an address', () => {
  for (const [given, target] of [
    ['example.com/a', 'https://example.com/a'], ['kim@example.com', 'mailto:kim@example.com'], ['tel:+491', 'tel:+491'],
    ['{webview_url}', '{webview_url}'], ['#top', '#top'], [' javascript:x() ', ''], ['//a.example', 'https://a.example'], ['', ''],
  ]) assert.equal(linkTarget(given), target, given);
});

test('paddings and colours', () => {
  assert.deepEqual(readPadding({padding: '8px 24px'}), {top: 8, right: 24, bottom: 8, left: 24});
  assert.deepEqual(readPadding({padding: '1px 2px 3px', 'padding-left': '9px'}), {top: 1, right: 2, bottom: 3, left: 9});
  assert.equal(writePadding({padding: '8px'}, 'left', 500).padding, '8px 8px 8px 200px');
  assert.equal(writePadding({padding: '8px'}, 'top', NaN).padding, '0px 8px 8px 8px');
  assert.deepEqual(['#FFF', 'rgb(1, 2, 3)', 'rgba(255 255 255 / 1)', 'white', 'red;', ''].map(hexColour), ['#ffffff', '#010203', '#ffffff', '#ffffff', '', '']);
  assert.equal(Math.round(contrast('#000', '#fff')), 21);
  assert.ok(contrast('#6b7280', '#f3f4f6') < 4.6 && contrast('nothing', '#fff') === null);
});

test('what can be set depends on the element', () => {
  const kinds = (element) => propertiesOf({classes: [], ...element}).map(({kind, style}) => style ?? kind);
  assert.ok(kinds({tag: 'img', parentTag: 'td'}).includes('wrap-link') && !kinds({tag: 'img', parentTag: 'a'}).includes('wrap-link'));
  assert.ok(kinds({tag: 'td', classes: ['ml-col']}).includes('width') && !kinds({tag: 'td'}).includes('width'));
  assert.equal(kinds({tag: 'div', classes: ['ml-text', 'ml-dynamic']})[0], 'dynamic');
  assert.equal(kinds({tag: 'h1'})[0], 'level');
  assert.deepEqual(kinds({tag: 'canvas'}), []);
});

test('what is unfinished is told', () => {
  const good = '<p>{unsubscribe_text}</p><img src="https://a.example/x.png" alt="A hat"><a href="https://a.example/">x</a>';
  assert.deepEqual(checksOf(good), []);
  assert.deepEqual(checksOf(good.replace('{unsubscribe_text}', ''), 'Leave: {unsubscribe_url}'), []);
  const levels = (html) => checksOf(html).map(({level}) => level);
  assert.deepEqual(levels('<p>x</p>'), ['bad']);
  assert.deepEqual(levels(`${good}<img src="data:image/png,x" alt="">`), ['bad', 'warn']);
  assert.deepEqual(levels(`${good}<img src="p.gif" width="1" height="1">`), []);
  assert.deepEqual(levels(`${good}<a href="https://">x</a><a href=''>y</a>`), ['bad']);
  assert.deepEqual(levels(`${good}<form></form><script></script>`), ['bad', 'warn']);
  assert.deepEqual(levels(good + 'x'.repeat(110_000)), ['warn']);
});
