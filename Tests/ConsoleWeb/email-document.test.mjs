// The document around the body of an e-mail: node --test Tests/ConsoleWeb

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  HEAD, hoistStyles, headStyles, isForbiddenAttribute, isForbiddenElement, joinDocument, layOut, parseStyle, formatStyle,
  splitDocument, styleOfTag, withoutNavigation, withStyle,
} from '../../Sources/Console/Web/email-document.js';

const DOCUMENT = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x">
<html lang="de"><head><title>A <body> of work</title><!--[if mso]><style>td{color:red}</style><body><![endif]-->
<style>.a::after{content:"</body>"}</style></head><body class="b > c" style='margin:0'>
<p>Hello</p><!-- </body> -->
</body>
</html>`;

test('a whole document comes back with all that stands around its body', () => {
  const parts = splitDocument(DOCUMENT);
  assert.equal(parts.tag, `<body class="b > c" style='margin:0'>`);
  assert.equal(parts.body.trim(), '<p>Hello</p><!-- </body> -->');
  assert.equal(parts.before + parts.tag + parts.body + parts.after, DOCUMENT);
  assert.equal(joinDocument(parts, parts.body), DOCUMENT);
});

test('a part of a document becomes a whole one when it is written', () => {
  const parts = splitDocument('<p>Hello</p>');
  assert.deepEqual([parts.isWhole, parts.body], [false, '<p>Hello</p>']);
  const whole = joinDocument(parts, parts.body);
  assert.ok(whole.startsWith(HEAD) && whole.endsWith('<p>Hello</p>\n</body>\n</html>\n'));
  assert.equal(splitDocument(whole).body.trim(), '<p>Hello</p>');
});

test('documents without the tag of a body, or without its end', () => {
  const bare = splitDocument('<html><head><title>x</title></head><p>a</p></html>');
  assert.deepEqual([bare.body, bare.tag, bare.after], ['<p>a</p>', '<body>', '</body></html>']);
  assert.equal(splitDocument('<html><body><p>a</p></html>').body, '<p>a</p>');
  assert.equal(splitDocument('<body>a</body>b</body>').body, 'a</body>b');
});

test('styles within the body move to the head, those for Outlook stay', () => {
  const moved = hoistStyles(splitDocument('<html><head></head><body><style>.a{}</style><p>x</p><!--[if mso]><style>.b{}</style><![endif]--></body></html>'));
  assert.equal(moved.before, '<html><head><style>.a{}</style>\n</head>');
  assert.equal(moved.body, '<p>x</p><!--[if mso]><style>.b{}</style><![endif]-->');
  const whole = joinDocument(hoistStyles(splitDocument('<style>.a{}</style><p>x</p>')), '<p>x</p>');
  assert.ok(whole.indexOf('.a{}') < whole.indexOf('</head>'));
  assert.equal(headStyles('<!--<style>no</style>--><style type="text/css">.a{}</style>'), '.a{}');
});

test('what could run is known', () => {
  assert.ok(isForbiddenElement('SCRIPT') && isForbiddenElement('iframe') && !isForbiddenElement('td'));
  for (const [name, value] of [['onclick', 'x()'], ['ONLOAD', ''], ['href', 'java\tscript:x()'], ['src', ' JavaScript:x'], ['srcdoc', 'x'], ['href', 'data:text/html,x']]) {
    assert.ok(isForbiddenAttribute(name, value), name);
  }
  for (const [name, value] of [['href', 'https://a.example/javascript:'], ['src', 'data:image/png;base64,x'], ['href', '{unsubscribe_url}'], ['style', 'color:red']]) {
    assert.ok(!isForbiddenAttribute(name, value), name);
  }
});

test('styles are read and written', () => {
  const style = parseStyle('margin:0; background:url(a;b.png);font-family:"A;B",serif;;bad');
  assert.deepEqual(style, {margin: '0', background: 'url(a;b.png)', 'font-family': '"A;B",serif'});
  assert.equal(formatStyle({color: 'red', margin: ''}), 'color:red;');
  assert.deepEqual(styleOfTag(`<body style='font-family:"A"'>`), {'font-family': '"A"'});
  assert.equal(withStyle('<body class="x">', {'font-family': '"A&B"'}), '<body class="x" style="font-family:&quot;A&amp;B&quot;;">');
  assert.equal(withStyle('<body style="margin:0;" bgcolor="#fff">', {margin: ''}), '<body bgcolor="#fff">');
  assert.equal(withStyle('<body>', {color: '$&'}), '<body style="color:$&amp;;">');
});

test('tables are laid out in lines, and no text is touched', () => {
  const once = layOut('<table><tr><td>a <b>b</b></td><td><p>x  y</p></td></tr></table>');
  assert.equal(once, '<table>\n  <tr>\n    <td>a <b>b</b></td>\n    <td>\n      <p>x  y</p>\n    </td>\n  </tr>\n</table>');
  assert.equal(layOut(once), once);
  const outlook = '<table><!--[if mso]><tr><td><![endif]--><tr><td>a</td></tr></table>';
  assert.ok(layOut(outlook).includes('<!--[if mso]><tr><td><![endif]-->'));
});

test('the links of a preview lead nowhere', () => {
  assert.equal(withoutNavigation('<html><head><title>x</title></head>'), '<html><head><base target="_blank"><title>x</title></head>');
  assert.equal(withoutNavigation('<!doctype html><p>x'), '<!doctype html><base target="_blank"><p>x');
  assert.equal(withoutNavigation('<p>x'), '<base target="_blank"><p>x');
});
